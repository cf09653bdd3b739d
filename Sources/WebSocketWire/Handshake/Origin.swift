/// The site of a web page: scheme, host and port (RFC 6454), in lower case.
struct Origin: Equatable {
    var scheme: Substring
    /// An address of IPv6 keeps its brackets.
    var host: Substring
    var port: Int

    /// Parses `https://example.com:8443`; nil for `null` and for what has no scheme, no host or no known port.
    init?(_ text: String) {
        let text = text.lowercasedASCII[...]
        guard let (scheme, rest) = text.splitAtScheme(), let authority = Authority(rest) else { return nil }
        guard let port = authority.port ?? Self.defaultPort(scheme) else { return nil }
        self.scheme = scheme
        self.host = authority.host
        self.port = port
    }

    /// Whether a page of this origin and a request with this `Host` header are of the same site. The header has no
    /// scheme: without a port it means the default port of the page's scheme, as behind a proxy that does TLS.
    func isSame(asHost header: String) -> Bool {
        guard let authority = Authority(header.lowercasedASCII[...]) else { return false }
        return authority.host == host && (authority.port ?? Self.defaultPort(scheme)) == port
    }

    /// Whether this is what an entry of ``OriginPolicy/allowed(_:)`` means.
    func matches(_ pattern: String) -> Bool {
        var rest = pattern.lowercasedASCII[...]
        if rest == "*" { return true }
        if let (wanted, afterScheme) = rest.splitAtScheme() {
            guard wanted == scheme else { return false }
            rest = afterScheme
        }
        guard let authority = Authority(rest), (authority.port ?? Self.defaultPort(scheme)) == port else {
            return false
        }
        guard authority.host.hasPrefix("*.") else { return authority.host == host }
        let suffix = authority.host.dropFirst()
        return host.utf8.count > suffix.utf8.count && host.hasSuffix(suffix)
    }

    /// Whether an entry of ``OriginPolicy/allowed(_:)`` can mean anything.
    static func isPattern(_ text: String) -> Bool {
        var rest = text.lowercasedASCII[...]
        if let (_, afterScheme) = rest.splitAtScheme() { rest = afterScheme }
        return Authority(rest).map { !$0.host.utf8.contains { $0 <= UInt8(ascii: " ") } } ?? false
    }

    private static func defaultPort(_ scheme: Substring) -> Int? {
        switch scheme {
        case "http", "ws": 80
        case "https", "wss": 443
        default: nil
        }
    }
}

/// A host and perhaps a port.
private struct Authority {
    var host: Substring
    var port: Int?

    /// Nil for an empty host, a port that is no number, and what has more than these two.
    init?(_ text: Substring) {
        let bytes = text.utf8
        var end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        if bytes.first == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            end = bytes.index(after: bracket)
        }
        host = text[..<end]
        guard !host.isEmpty, !host.utf8.contains(where: { "/?#@".utf8.contains($0) }) else { return nil }
        let rest = bytes[end...]
        guard !rest.isEmpty else { return }
        let digits = rest.dropFirst()
        guard rest.first == UInt8(ascii: ":"), digits.allSatisfy({ $0.isDigit }),
            let number = UInt16(Substring(digits))
        else { return nil }
        port = Int(number)
    }
}

extension Substring {
    /// What is before and after the first `://`, if nothing else with a colon comes before it.
    fileprivate func splitAtScheme() -> (scheme: Substring, rest: Substring)? {
        guard let colon = utf8.firstIndex(of: UInt8(ascii: ":")), utf8[colon...].starts(with: "://".utf8) else {
            return nil
        }
        return (self[..<colon], Substring(utf8[colon...].dropFirst(3)))
    }
}
