public import NIOCore

/// A topic that a client gets by its connection token, without asking for it, and whoever else may subscribe there.
public struct ServerSubscription: Sendable, Hashable {
    /// The topic's name.
    public var topic: String
    /// What presence says of the client there: one JSON value.
    public var info: ByteBuffer?
    /// What the client is told when it is subscribed: one JSON value.
    public var data: ByteBuffer?
    /// In what the subscription is different from what its namespace says.
    public var overrides: SubscriptionOverrides

    /// Makes a subscription; all but the topic has a default.
    public init(
        topic: String,
        info: ByteBuffer? = nil,
        data: ByteBuffer? = nil,
        overrides: SubscriptionOverrides = SubscriptionOverrides()
    ) {
        self.topic = topic
        self.info = info
        self.data = data
        self.overrides = overrides
    }
}
