public import NIOSSL

/// How a client connects, and how it behaves once it is connected.
///
/// ```swift
/// var configuration = WebSocketClientConfiguration()
/// configuration.headers = [("Authorization", "Bearer \(token)")]
/// ```
public struct WebSocketClientConfiguration: Sendable {
    /// When to ask a silent server whether it is still there.
    public struct KeepAlive: Sendable, Hashable {
        /// A ping is sent when nothing has arrived for this long. Default 25 seconds.
        public var interval: Duration
        /// The connection is given up when nothing arrives for this long after the ping. Default 10 seconds.
        public var timeout: Duration

        /// A ping after 25 s of silence, with 10 s to answer, unless said otherwise.
        public init(interval: Duration = .seconds(25), timeout: Duration = .seconds(10)) {
            self.interval = interval
            self.timeout = timeout
        }
    }

    /// Further header fields of the request. `Host` replaces the one from the URL; the fields of the WebSocket
    /// handshake itself cannot be set. Default none.
    public var headers: [(String, String)] = []
    /// The subprotocols to offer, the preferred one first. Default none.
    public var subprotocols: [String] = []
    /// Whether to offer permessage-deflate (RFC 7692). Default yes.
    public var deflate = true
    /// Messages of fewer bytes are sent as they are, even if the server agreed to deflate. Default 64 bytes.
    public var deflateThreshold = 64
    /// In bytes, after inflation; a server that sends more is told so with 1009 and the connection ends.
    /// Default 1 MiB.
    public var maximumMessageSize = 1 << 20
    /// For everything until the connection is open: name lookup, TCP, TLS and the handshake. Default 10 seconds.
    public var connectTimeout = Duration.seconds(10)
    /// For the server to answer a close frame, before the connection is cut. Default 10 seconds.
    public var closeTimeout = Duration.seconds(10)
    /// Pings while the server is silent; nil for none. It rests while the consumer of the messages does not keep up.
    /// Default after 25 seconds, and 10 more.
    public var keepAlive: KeepAlive? = KeepAlive()
    /// For `wss`: trust roots, client certificate, versions.
    public var tlsConfiguration = TLSConfiguration.makeClientConfiguration()

    /// The defaults; every property can be changed afterwards.
    public init() {}
}
