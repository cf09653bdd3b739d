/// A named stream of messages, in the program's hands.
///
/// ```swift
/// let room = try hub.topic("chat:room-7")
/// try await room.publish("hello")
/// ```
///
/// It is a name and the hub that it belongs to: making one costs nothing, and the topic exists as long as somebody
/// follows it.
public struct Topic: Sendable {
    /// The topic's name.
    public let name: TopicName
    /// The hub that it belongs to.
    public let hub: Hub

    /// Publishes a message to everybody who follows the topic; returns when it has been accepted. Waits and
    /// throws as ``Hub`` does.
    @discardableResult
    public func publish(
        _ message: Message,
        _ options: PublishOptions = PublishOptions()
    ) async throws(ChorusError) -> Position? {
        try await hub.publish(message, to: name, options)
    }

    /// Publishes text. Waits and throws as ``Hub`` does.
    @discardableResult
    public func publish(_ text: String) async throws(ChorusError) -> Position? {
        try await hub.publish(Message(text), to: name)
    }

    /// Who is subscribed. See ``Hub/presence(in:limit:)``.
    public var presence: [Member] {
        get async throws(ChorusError) { try await hub.presence(in: name) }
    }

    /// How many are subscribed. See ``Hub/presenceCount(in:)``.
    public var presenceCount: PresenceCount {
        get async throws(ChorusError) { try await hub.presenceCount(in: name) }
    }

    /// Follows the topic without a socket. See ``Hub/subscribe(to:from:)``.
    public func subscribe(from point: StartingPoint = .now) -> MessageStream { hub.subscribe(to: name, from: point) }
}

extension Hub {
    /// The topic of a name. Throws ``ChorusError/Code/invalidTopic`` when the name breaks the rules of ``TopicName``.
    public func topic(_ name: String) throws(ChorusError) -> Topic {
        Topic(name: try TopicName(name), hub: self)
    }
}
