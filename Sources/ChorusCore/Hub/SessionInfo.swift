/// What a session is, what it follows, and how far behind it is.
public struct SessionInfo: Sendable, Hashable, Identifiable {
    /// Identifies the session while the process lives.
    public let id: SessionID
    /// Who its client is; `nil` if nobody has said.
    public let user: String?
    /// The topics that it follows by name, as many of them as were asked for.
    public let topics: [String]
    /// How many topics it follows by name.
    public let topicCount: Int
    /// When it began, in seconds since 1970.
    public let openedAt: Int64
    /// How it is connected; `nil` where that is not known.
    public let transport: TransportInfo?
    /// What was published to its topics, or sent to it alone, and has not been handed to its socket.
    public let lag: Lag

    /// How much waits for a session.
    public struct Lag: Sendable, Hashable {
        /// Messages of its topics. While it reads the past: those up to what its topics have delivered.
        public var messages = 0
        /// About how many bytes those messages have that the process keeps for readers that are behind, and what waits
        /// for the session alone. What it reads of the past is not counted.
        public var bytes = 0
    }

    /// Called on the session's shard.
    init(_ session: Session, mostTopics: Int = .max) {
        id = session.id
        user = session.user
        // the hub's own topic, through which broadcasts come, has no name
        let named = session.subscriptions.lazy.map(\.topic.topic.name).filter { !$0.isEmpty }
        topics = Array(named.prefix(mostTopics))
        topicCount = named.count
        openedAt = Int64(session.openedAt)
        transport = session.transport?.info
        lag = session.lag
    }
}

extension Session {
    /// What waits for it.
    var lag: SessionInfo.Lag {
        var lag = SessionInfo.Lag(bytes: outbox.bytes)
        for subscription in subscriptions where subscription.isBehind {
            let (messages, bytes) = subscription.lag
            lag.messages += messages
            lag.bytes += bytes
        }
        return lag
    }
}

extension Subscription {
    /// What its topic has beyond its cursor, which is only kept while it is behind.
    fileprivate var lag: (messages: Int, bytes: Int) {
        guard recovery == nil else {
            let edge = topic.pastEdge(for: self)?.offset ?? cursor
            return (edge > cursor ? Int(edge - cursor) : 0, 0)
        }
        return topic.topic.withState { [cursor] state in
            (Int(state.log.head - min(cursor, state.log.head)), state.log.bytes(after: cursor))
        }
    }
}
