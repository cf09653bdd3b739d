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
        var users = Set<String>()
        for shard in shards {
            users.formUnion(
                await withUnsafeContinuation { continuation in
                    shard.execute { continuation.resume(returning: $0.users.keys.map(\.self)) }
                }
            )
        }
        return users.count
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
        var sum = ShardCounters()
        for shard in shards {
            let counters = await withUnsafeContinuation { continuation in
                shard.execute { continuation.resume(returning: $0.counters) }
            }
            sum += counters
        }
        return sum
    }
}
