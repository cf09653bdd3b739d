import NIOCore

extension WebSocketURL {
    /// Parses a URL (RFC 6455 section 3). Percent-encoding is left as it is and a fragment is dropped.
    ///
    /// Throws ``WebSocketClientError/Code/invalidURL`` for other schemes, for a user and password, which belong into
    /// an `Authorization` header, and for characters that would have to be encoded.
    package init(_ text: String) throws(WebSocketClientError) {
        let url = text.prefix { $0 != "#" }
        guard let colon = url.firstIndex(of: ":") else { throw .url("has no scheme; it begins with ws:// or wss://") }
        let rest = url[url.index(after: colon)...]
        switch url[..<colon].lowercased() {
        case "ws": try self.init(rest, isSecure: false)
        case "wss": try self.init(rest, isSecure: true)
        case "ws+unix": try self.init(unix: rest)
        default: throw .url("has another scheme than ws, wss and ws+unix")
        }
    }

    private init(_ rest: Substring, isSecure: Bool) throws(WebSocketClientError) {
        guard rest.hasPrefix("//") else { throw .url("has no // after its scheme") }
        let hierarchy = rest.dropFirst(2)
        let end = hierarchy.firstIndex { $0 == "/" || $0 == "?" } ?? hierarchy.endIndex
        let (host, port) = try Self.authority(hierarchy[..<end])
        let standardPort = isSecure ? 443 : 80
        let bracketed = host.contains(":") ? "[\(host)]" : host
        self.init(
            isSecure: isSecure,
            endpoint: .tcp(host: host, port: port ?? standardPort),
            hostHeader: port.map { $0 == standardPort ? bracketed : "\(bracketed):\($0)" } ?? bracketed,
            target: try Self.target(hierarchy[end...])
        )
    }

    /// The socket's path ends at the colon in front of the target's slash, as in Node's `ws`.
    private init(unix rest: Substring) throws(WebSocketClientError) {
        let path = rest.hasPrefix("///") ? rest.dropFirst(2) : rest
        let colon = path.indices.first { path[$0...].hasPrefix(":/") } ?? path.endIndex
        guard colon > path.startIndex, path[..<colon].utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .url("has no path of a socket; it looks like ws+unix:/run/chorus.sock:/ws")
        }
        self.init(
            isSecure: false,
            endpoint: .unix(path: String(path[..<colon])),
            hostHeader: "localhost",
            target: try Self.target(path[colon...].dropFirst())
        )
    }

    private static func authority(_ text: Substring) throws(WebSocketClientError) -> (host: String, port: Int?) {
        guard !text.contains("@") else { throw .url("has a user in it; use an Authorization header") }
        let host: Substring
        let afterHost: Substring
        if text.first == "[" {
            guard let bracket = text.firstIndex(of: "]") else { throw .url("has no ] after its address") }
            host = text[..<bracket].dropFirst()
            afterHost = text[text.index(after: bracket)...]
            guard (try? SocketAddress(ipAddress: String(host), port: 0).protocol) == .inet6 else {
                throw .url("has no IPv6 address in its brackets")
            }
        } else {
            host = text.prefix { $0 != ":" }
            afterHost = text[host.endIndex...]
            guard !host.isEmpty, host.utf8.allSatisfy(\.isHostCharacter) else {
                throw .url("has no host, or one with characters that names do not have")
            }
        }
        return (String(host), try port(afterHost))
    }

    private static func port(_ text: Substring) throws(WebSocketClientError) -> Int? {
        guard !text.isEmpty else { return nil }
        let digits = text.dropFirst()
        guard text.first == ":", digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw .url("has something else than a port after its host")
        }
        // `ws://host:/` is allowed and means the scheme's own port (RFC 3986 section 3.2.3).
        guard !digits.isEmpty else { return nil }
        guard let port = UInt16(digits), port > 0 else { throw .url("has a port that does not exist") }
        return Int(port)
    }

    private static func target(_ text: Substring) throws(WebSocketClientError) -> String {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .url("has a character in its path that has to be percent-encoded")
        }
        return text.first == "/" ? String(text) : "/" + text
    }
}

extension UInt8 {
    /// What names and IPv4 addresses have. Others have to come in their ASCII form (RFC 3490).
    fileprivate var isHostCharacter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }
}

extension WebSocketClientError {
    fileprivate static func url(_ problem: String) -> WebSocketClientError {
        WebSocketClientError(.invalidURL, "the URL \(problem)")
    }
}
