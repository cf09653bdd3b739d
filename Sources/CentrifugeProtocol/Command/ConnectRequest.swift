public import NIOCore

/// Who connects, and what it still knows of subscriptions that the server had made for it.
public struct ConnectRequest: Hashable, Sendable {
    /// The connection token, a JWT; empty without one.
    public var token: String
    /// For the server's program.
    public var data: ByteBuffer?
    /// The positions in server-side subscriptions of the connection before, by channel.
    public var subs: [String: SubscribeRequest]
    /// The client's name for itself, like `js`.
    public var name: String
    /// The version of that client.
    public var version: String
    /// HTTP fields that the client could not send as such; nobody has checked them.
    public var headers: [String: String]
    /// Bit 0: frames compressed with a dictionary can be read.
    public var flag: Int64

    /// A request with these fields; what is left out is as if the client had not sent it.
    public init(
        token: String = "",
        data: ByteBuffer? = nil,
        subs: [String: SubscribeRequest] = [:],
        name: String = "",
        version: String = "",
        headers: [String: String] = [:],
        flag: Int64 = 0
    ) {
        self.token = token
        self.data = data
        self.subs = subs
        self.name = name
        self.version = version
        self.headers = headers
        self.flag = flag
    }
}
