public import NIOCore

/// What came of a command, by its kind.
public enum CommandResult: Hashable, Sendable {
    /// The client is connected.
    case connect(ConnectResult)
    /// The client is subscribed. Nothing of the channel may be pushed before.
    case subscribe(SubscribeResult)
    /// The client is not subscribed any more, or never was.
    case unsubscribe
    /// It is published.
    case publish
    /// Who is subscribed to the channel, by the client's identifier.
    case presence([String: ClientInfo])
    /// How many clients, and how many different users among them, are subscribed to the channel.
    case presenceStats(clients: UInt32, users: UInt32)
    /// A part of the channel's past.
    case history(HistoryResult)
    /// What the procedure returns.
    case rpc(ByteBuffer)
    /// The connection lives on.
    case refresh(RefreshResult)
    /// The subscription lives on; `ttl` in seconds, after which it has to be refreshed if it `expires`.
    case subRefresh(expires: Bool, ttl: UInt32)
}
