public import NIOCore

/// A client, as others are told of it.
public struct ClientInfo: Hashable, Sendable {
    /// Its user; empty for nobody in particular.
    public var user: String
    /// The identifier of its connection.
    public var client: String
    /// What the connection token or the server's program says of it; one JSON value for JSON clients.
    public var connInfo: ByteBuffer?
    /// What the subscription token or the server's program says of it in this channel; one JSON value for JSON clients.
    public var chanInfo: ByteBuffer?

    /// A client with these fields.
    public init(user: String, client: String, connInfo: ByteBuffer? = nil, chanInfo: ByteBuffer? = nil) {
        self.user = user
        self.client = client
        self.connInfo = connInfo
        self.chanInfo = chanInfo
    }
}
