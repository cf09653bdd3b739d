public import NIOCore

/// What a command asks for. A command has one of these; of several, the first in the protocol's order counts: connect,
/// ping, subscribe, unsubscribe, publish, presence, presence stats, history, RPC, send, refresh, sub refresh.
public enum Request: Hashable, Sendable {
    /// The first command of a connection, and only that.
    case connect(ConnectRequest)
    /// Receive what is published to a channel.
    case subscribe(SubscribeRequest)
    /// Receive it no longer.
    case unsubscribe(channel: String)
    /// Publish to a channel.
    case publish(PublishRequest)
    /// Ask who is subscribed to a channel.
    case presence(channel: String)
    /// Ask how many clients and users are subscribed to a channel.
    case presenceStats(channel: String)
    /// Ask for what a channel remembers.
    case history(HistoryRequest)
    /// A ping by the client: not a pong, and not offered by servers of this version.
    case ping
    /// A payload for the server's program, which is not answered; empty where the command had none.
    case send(ByteBuffer)
    /// A call of a procedure of the server's program.
    case rpc(RPCRequest)
    /// A new connection token before the old one expires.
    case refresh(token: String)
    /// A new subscription token before the old one expires.
    case subRefresh(SubRefreshRequest)
    /// Nothing that is known. With the id 0 it is a pong, the answer to ``Reply/ping``.
    case empty
}
