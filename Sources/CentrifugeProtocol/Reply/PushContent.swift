public import NIOCore

/// What a server sends of its own accord.
public enum PushContent: Hashable, Sendable {
    /// Something was published to the channel.
    case publication(Publication)
    /// A client has subscribed to the channel.
    case join(ClientInfo)
    /// A client is not subscribed to the channel any more.
    case leave(ClientInfo)
    /// The client is not subscribed to the channel any more; see ``UnsubscribeCode``.
    case unsubscribe(code: UInt32, reason: String)
    /// A payload for this client, of no channel.
    case message(ByteBuffer)
    /// The server has subscribed the client to the channel.
    case subscribe(SubscribePush)
    /// The connection ends; see ``CentrifugeClose``. Only where there is no close frame, so not over WebSocket.
    case disconnect(code: UInt32, reason: String)
    /// The server has refreshed the connection; `ttl` in seconds, after which it has to be refreshed if it `expires`.
    case refresh(expires: Bool, ttl: UInt32)
}
