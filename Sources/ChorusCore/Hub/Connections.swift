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
                all += await shard.value { shard in shard.sessions.map { SessionInfo($0) } }
            }
            return all
        }

        /// Some of the open sessions, in the order of their identifiers, which is that of their opening. Event loops
        /// are asked for a part at a time, so that no client waits for a long list.
        ///
        /// - Parameters:
        ///   - filter: which. Default all.
        ///   - id: only those that come after this one; the last of a page leads to the next.
        ///   - limit: the most. Default 100.
        ///   - mostTopics: how many topics are named of each. Default 100.
        public func page(
            matching filter: SessionFilter = SessionFilter(),
            after id: SessionID? = nil,
            limit: Int = 100,
            mostTopics: Int = 100
        ) async -> [SessionInfo] {
            guard limit > 0 else { return [] }
            var found: [SessionInfo] = []
            for shard in hub.shards {
                let before = found.count
                var last = id
                var isAll = false
                while !isAll, found.count < before + limit {
                    let (start, wanted) = (last, before + limit - found.count)
                    let part = await shard.value { shard in
                        shard.part(matching: filter, after: start, limit: wanted, mostTopics: mostTopics)
                    }
                    found += part.found
                    (last, isAll) = (part.last, part.isAll)
                }
            }
            found.sort { $0.id.rawValue < $1.id.rawValue }
            return Array(found.prefix(limit))
        }
    }
}

extension Shard {
    /// How many sessions are looked at without a break.
    private static let part = 256

    /// What a part of the sessions have in it that match, and how far it went.
    fileprivate func part(
        matching filter: SessionFilter,
        after id: SessionID?,
        limit: Int,
        mostTopics: Int
    ) -> (found: [SessionInfo], last: SessionID?, isAll: Bool) {
        let some = candidates(filter, after: id)
        let found = some.filter(filter.matches).prefix(limit).map { SessionInfo($0, mostTopics: mostTopics) }
        return (found, some.last?.id, some.count < Shard.part)
    }

    /// Of a user the sessions are known; others have to be looked for.
    private func candidates(_ filter: SessionFilter, after id: SessionID?) -> [Session] {
        guard let user = filter.user else { return sessions.page(after: id, count: Shard.part) }
        let own = (users[user]?.sessions ?? [:]).values.filter { session in
            id.map { session.id.rawValue > $0.rawValue } ?? true
        }
        return Array(own.sorted { $0.id.rawValue < $1.id.rawValue }.prefix(Shard.part))
    }
}
