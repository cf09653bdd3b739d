/// Where a WebSocket is: `ws://host:port/path?query`, `wss://…`, or `ws+unix:/path/of/socket:/path?query`.
package struct WebSocketURL: Sendable, Hashable {
    /// What to connect to.
    package enum Endpoint: Sendable, Hashable {
        /// A name or an address; an IPv6 address without its brackets.
        case tcp(host: String, port: Int)
        /// The path of a Unix domain socket.
        case unix(path: String)
    }

    /// Whether the connection is inside TLS.
    package let isSecure: Bool
    /// What to connect to.
    package let endpoint: Endpoint
    /// What the `Host` header says: with the port unless it is the scheme's own.
    package let hostHeader: String
    /// The path and the query as they were given, at least `/`.
    package let target: String
}

extension WebSocketURL: CustomStringConvertible {
    /// The URL without its query, which may have a token in it.
    package var description: String {
        let path = target.prefix { $0 != "?" }
        return switch endpoint {
        case .tcp: "\(isSecure ? "wss" : "ws")://\(hostHeader)\(path)"
        case .unix(let socket): "ws+unix:\(socket):\(path)"
        }
    }
}
