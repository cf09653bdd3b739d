public import ChorusCore

/// A topic in the program's hands: publish to it, let clients join and leave.
///
/// ```swift
/// let room = try server.hub.topic("chat:room-7")
/// await room.join(client)
/// try await room.publish("hello")
/// ```
public struct Room: Sendable {
    /// The topic's name.
    public let name: TopicName
    let hub: Hub

    /// Lets a client receive what is published from now on. Returns when it does.
    public func join(_ client: Client) async {
        let name = name
        await client.performAndWait { $0.session?.subscribe(to: .named(name)) }
    }

    /// Lets a client receive nothing more. The end of its connection does that too.
    public func leave(_ client: Client) async {
        let name = name.description
        await client.performAndWait { $0.session?.unsubscribe(from: name) }
    }

    /// Publishes a message to everybody who has joined; returns when it has been accepted. See ``Hub``.
    @discardableResult
    public func publish(_ message: Message) async throws(ChorusError) -> Position? {
        try await hub.publish(message, to: name)
    }

    /// Publishes text.
    @discardableResult
    public func publish(_ text: String) async throws(ChorusError) -> Position? {
        try await hub.publish(Message(text), to: name)
    }
}

extension Hub {
    /// The topic of a name. Throws ``ChorusError/Code/invalidTopic`` when the name breaks the rules of ``TopicName``.
    public func topic(_ name: String) throws(ChorusError) -> Room {
        Room(name: try TopicName(name), hub: self)
    }
}
