public import ChorusCore

/// A client wants to subscribe to a topic that it has chosen.
public struct SubscribeRequest: Sendable {
    /// The topic.
    public let topic: TopicName
    /// The request that opened, or is about to open, the connection; ``ConnectRequest/user`` is who it is.
    public let connection: ConnectRequest
}

/// A client wants to publish to a topic that it has chosen.
public struct PublishRequest: Sendable {
    /// What.
    public let message: Message
    /// Where.
    public let topic: TopicName
    /// The client's session.
    public let session: SessionID
    /// Who it is; `nil` if nobody has said.
    public let user: String?
}
