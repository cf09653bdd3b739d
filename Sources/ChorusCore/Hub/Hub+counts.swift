import Synchronization

extension Hub {
    /// Sessions that are open now.
    public var sessionCount: Int { register.count }

    /// Topics that are followed now.
    public var topicCount: Int { topics.count }

    /// Messages that were published through this hub since it was made, broadcasts included.
    public var publishedCount: Int { published.load(ordering: .relaxed) }

    /// How many different users have sessions. Asks one event loop after the other.
    public func userCount() async -> Int {
        Set(await ofEachShard { Array($0.users.keys) }.joined()).count
    }

    /// How many topics all sessions follow together; two that follow the same count twice. Asks one event loop after the
    /// other.
    public func subscriptionCount() async -> Int { await ofEachShard(\.subscriptionCount).reduce(0, +) }

    private func ofEachShard<Part: Sendable>(_ part: @escaping @Sendable (Shard) -> Part) async -> [Part] {
        var all: [Part] = []
        for shard in shards { all.append(await shard.value(part)) }
        return all
    }

    /// About how many bytes topics keep for those who come late or come back, and how many topics are remembered; `nil`
    /// where another broker keeps them.
    package var history: (bytes: Int, topics: Int)? {
        (broker as? MemoryBroker).map { ($0.keptBytes, $0.topicCount) }
    }

    /// How many members all topics have together; `nil` where another presence knows them.
    package var memberCount: Int? { (presence as? MemoryPresence)?.memberCount }

    /// What all shards have done, added up.
    package func counters() async -> ShardCounters {
        await ofEachShard { $0.counters }.reduce(into: ShardCounters()) { $0 += $1 }
    }
}
