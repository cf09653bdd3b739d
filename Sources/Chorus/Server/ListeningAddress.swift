import NIOCore

/// Where a server listens, once it does.
public struct ListeningAddress: Sendable, Hashable, CustomStringConvertible {
    /// The IP address; `nil` for a Unix socket.
    public let host: String?
    /// The port; `nil` for a Unix socket.
    public let port: Int?
    /// The path of the Unix socket.
    public let unixSocketPath: String?

    init(_ address: SocketAddress) {
        host = address.ipAddress
        port = address.port
        unixSocketPath = address.pathname
    }

    /// `127.0.0.1:8000`, `[::1]:8000` or the path.
    public var description: String {
        guard let host, let port else { return unixSocketPath ?? "?" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
