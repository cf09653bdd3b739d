/// The request line and the header fields of an HTTP/1.x request (RFC 9112 section 3).
public struct HTTPRequestHead: Sendable, Hashable {
    /// As sent, `GET` for instance; its case matters.
    public var method: String
    /// As sent, still percent-encoded: `/ws/lobby?name=ann`, rarely `http://host/ws` or `*`.
    public var target: String
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    public var minorVersion: Int
    /// In the order they were sent.
    public var headers: [HTTPHeaderField]

    /// A head made by hand; one that was parsed is also checked.
    public init(method: String, target: String, minorVersion: Int = 1, headers: [HTTPHeaderField]) {
        self.method = method
        self.target = target
        self.minorVersion = minorVersion
        self.headers = headers
    }

    /// The target before the first `?`, still percent-encoded; of a target with scheme and host, only its path.
    public var path: String {
        let local = localTarget
        return String(local[..<(local.firstIndex(of: "?") ?? local.endIndex)])
    }

    /// The target after the first `?`, still percent-encoded; nil without one.
    public var query: String? {
        let local = localTarget
        return local.firstIndex(of: "?").map { mark in String(local[local.index(after: mark)...]) }
    }

    /// The value of the first field called `name`, whatever the case; nil when there is none.
    public func first(_ name: String) -> String? {
        headers.first(name)
    }

    /// The values of all fields called `name`, whatever the case, in the order they were sent.
    public func values(_ name: String) -> [String] {
        headers.values(name)
    }

    /// The elements of a comma-separated list, in lower case, over all fields called `name`.
    public func tokens(_ name: String) -> [String] {
        headers.elements(name).map(\.lowercasedASCII)
    }

    /// The target without scheme and host, which requests to a proxy have (RFC 9112 section 3.2.2).
    private var localTarget: Substring.UnicodeScalarView {
        let scalars = target.unicodeScalars[...]
        guard scalars.first != "/", let colon = scalars.firstIndex(of: ":") else { return scalars }
        let rest = scalars[colon...].dropFirst()
        guard rest.starts(with: "//".unicodeScalars) else { return scalars }
        let afterHost = rest.dropFirst(2).drop { $0 != "/" && $0 != "?" }
        return afterHost.first == "/" ? afterHost : Substring("/" + String(afterHost)).unicodeScalars
    }
}
