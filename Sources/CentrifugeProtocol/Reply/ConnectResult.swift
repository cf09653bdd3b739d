public import NIOCore

/// What a client is told when it is connected.
public struct ConnectResult: Hashable, Sendable {
    /// The identifier of the connection, by which others call it too.
    public var client: String
    /// The server's version.
    public var version: String
    /// Whether the client has to refresh the connection with a new token.
    public var expires: Bool
    /// In how many seconds.
    public var ttl: UInt32
    /// From the server's program.
    public var data: ByteBuffer?
    /// The subscriptions that the server has made, by channel.
    public var subs: [String: SubscribeResult]
    /// How often the server pings, in seconds; 0 for never.
    public var ping: UInt32
    /// Whether pings are to be answered.
    public var pong: Bool
    /// The secret by which a client that cannot send on this connection sends on others; empty where it can.
    public var session: String
    /// The server that has to get what such a client sends.
    public var node: String
    /// The server's clock, in milliseconds since 1970; 0 if that is not said.
    public var time: Int64

    /// A result with these fields; zero values are not sent.
    public init(
        client: String,
        version: String = "",
        expires: Bool = false,
        ttl: UInt32 = 0,
        data: ByteBuffer? = nil,
        subs: [String: SubscribeResult] = [:],
        ping: UInt32 = 0,
        pong: Bool = false,
        session: String = "",
        node: String = "",
        time: Int64 = 0
    ) {
        self.client = client
        self.version = version
        self.expires = expires
        self.ttl = ttl
        self.data = data
        self.subs = subs
        self.ping = ping
        self.pong = pong
        self.session = session
        self.node = node
        self.time = time
    }
}
