/// Which sessions are wanted: those that fit all that is said.
public struct SessionFilter: Sendable, Hashable {
    /// Those of a user.
    public var user: String?
    /// Those that follow a topic.
    public var topic: TopicName?
    /// Those that are connected in a way of this name (``TransportInfo/name``).
    public var transport: String?

    /// Makes a filter; by default all fit.
    public init(user: String? = nil, topic: TopicName? = nil, transport: String? = nil) {
        self.user = user
        self.topic = topic
        self.transport = transport
    }

    func matches(_ session: Session) -> Bool {
        if let user, session.user != user { return false }
        if let transport, session.transport?.info?.name != transport { return false }
        guard let topic else { return true }
        return session.subscriptions.contains { $0.topic.topic.name == topic.description }
    }
}
