/// Which web pages may open a connection. Browsers say in the `Origin` header which site a page is from, and it is
/// the server that has to look (RFC 6455 section 10.2); without a check, any site can act with a visitor's cookies.
public enum OriginPolicy: Sendable, Hashable {
    /// Every page.
    case any
    /// Pages of the host that the request is for, and programs, which send no `Origin`.
    case sameOrigin
    /// The same, and these origins: `https://example.com`, or all subdomains as `*.example.com` or
    /// `https://*.example.com`. A port is needed unless it is the default one of the scheme.
    case allowed([String])

    /// Whether `text` can be an entry of ``allowed(_:)``: a host, perhaps with a scheme such as `https://` before it
    /// and a port behind it.
    public static func isPattern(_ text: String) -> Bool { Origin.isPattern(text) }

    /// Whether a page of this origin is one of `host`, whatever the scheme.
    public static func isSame(_ origin: String, asHost host: String) -> Bool {
        Origin(origin)?.isSame(asHost: host) ?? false
    }

    /// Whether a request with these fields may go on.
    func allows(_ head: HTTPRequestHead) -> Bool {
        if case .any = self { return true }
        guard let text = head.first("Origin") else { return true }
        guard head.headers.count("Origin") == 1 else { return false }
        let origin = Origin(text)
        if let origin, let host = head.first("Host"), origin.isSame(asHost: host) { return true }
        guard case .allowed(let patterns) = self else { return false }
        return patterns.contains { pattern in
            pattern.equalsIgnoringCase(text) || origin?.matches(pattern) == true
        }
    }
}
