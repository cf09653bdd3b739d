import WebSocketWire

/// A second parser of request heads, written in the simplest way: it has all bytes at once.
enum ReferenceHead {
    static func parse(_ bytes: [UInt8], maximumHeadSize: Int, maximumHeaders: Int) -> ParsedHead {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var head: HTTPRequestHead?
        for (index, byte) in bytes.enumerated() {
            let tooLarge = ParsedHead.refused(head == nil ? 414 : 431)
            if index >= maximumHeadSize { return tooLarge }
            guard byte == 10 else {
                line.append(byte)
                if head == nil, line.count > 8192 { return tooLarge }
                continue
            }
            guard line.popLast() == 13 else { return .refused(400) }
            let complete = line
            line = []
            lines.append(complete)
            guard var current = head else {
                if lines.count == 1, complete.isEmpty { continue }
                switch requestLine(complete) {
                case .success(let parsed): head = parsed
                case .failure(let refusal): return .refused(refusal.status)
                }
                continue
            }
            if complete.isEmpty { return finish(current, index + 1) }
            guard let field = field(complete) else { return .refused(400) }
            if current.headers.count >= maximumHeaders { return .refused(431) }
            current.headers.append(field)
            head = current
        }
        // As many bytes as there may be, and no end.
        return bytes.count < maximumHeadSize ? .more : .refused(head == nil ? 414 : 431)
    }

    private static let tokenCharacters = Set(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8
    )
    private static let hostCharacters = Set(
        "-._~%!$&'()*+,;=:[]0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8
    )

    private static let knownVersions = (0...9).flatMap { major in (0...9).map { "HTTP/\(major).\($0)" } }

    private static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy(tokenCharacters.contains)
    }

    private static func requestLine(_ line: [UInt8]) -> Result<HTTPRequestHead, HandshakeRefusal> {
        let bad = HandshakeRefusal(status: 400, reason: "")
        let parts = line.split(separator: 32, omittingEmptySubsequences: false)
        guard parts.count == 3, isToken(parts[0]), !parts[1].isEmpty else { return .failure(bad) }
        guard parts[1].allSatisfy({ $0 > 32 && $0 < 127 && $0 != 35 }) else { return .failure(bad) }
        let version = String(decoding: parts[2], as: UTF8.self)
        guard knownVersions.contains(version) else { return .failure(bad) }
        guard version == "HTTP/1.0" || version == "HTTP/1.1" else {
            return .failure(HandshakeRefusal(status: 505, reason: ""))
        }
        return .success(
            HTTPRequestHead(
                method: String(decoding: parts[0], as: UTF8.self),
                target: String(decoding: parts[1], as: UTF8.self),
                minorVersion: version == "HTTP/1.1" ? 1 : 0,
                headers: []
            )
        )
    }

    private static func field(_ line: [UInt8]) -> HTTPHeaderField? {
        let parts = line.split(separator: 58, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, isToken(parts[0]) else { return nil }
        guard parts[1].allSatisfy({ $0 == 9 || ($0 >= 32 && $0 != 127) }) else { return nil }
        let value = parts[1].drop { $0 == 32 || $0 == 9 }.reversed().drop { $0 == 32 || $0 == 9 }.reversed()
        return HTTPHeaderField(
            name: String(decoding: parts[0], as: UTF8.self),
            value: String(decoding: Array(value), as: UTF8.self)
        )
    }

    private static func finish(_ head: HTTPRequestHead, _ length: Int) -> ParsedHead {
        let hosts = head.headers.filter { $0.name.lowercased() == "host" }
        guard hosts.count == 1 || (hosts.isEmpty && head.minorVersion == 0) else { return .refused(400) }
        guard hosts.allSatisfy({ $0.value.utf8.allSatisfy(hostCharacters.contains) }) else { return .refused(400) }
        return .head(head, length)
    }
}
