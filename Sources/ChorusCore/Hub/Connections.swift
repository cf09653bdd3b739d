extension Hub {
    /// The sessions that are open now.
    public var connections: Connections { Connections(hub: self) }

    /// The sessions of a hub.
    public struct Connections: Sendable {
        let hub: Hub

        /// How many sessions are open.
        public var count: Int { hub.sessionCount }

        /// Every open session. Asks one event loop after the other, so it is not one moment's picture.
        public func list() async -> [SessionInfo] {
            var all: [SessionInfo] = []
            for shard in hub.shards {
                all += await withUnsafeContinuation { continuation in
                    shard.execute { shard in
                        continuation.resume(returning: shard.sessions.map(SessionInfo.init))
                    }
                }
            }
            return all
        }
    }
}

/// What a session is and follows.
public struct SessionInfo: Sendable, Hashable, Identifiable {
    /// Identifies the session while the process lives.
    public let id: SessionID
    /// The topics that it follows by name.
    public let topics: [String]

    init(_ session: Session) {
        id = session.id
        // the hub's own topic, through which broadcasts come, has no name
        topics = session.topics.filter { !$0.isEmpty }
    }
}
