import HeapModule

/// A topic that somebody follows.
public struct TopicInfo: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// How many sessions follow it. Readers in the program (``Hub/subscribe(to:from:)``) are none.
    public let sessionCount: Int
}

extension Hub {
    /// Some of the topics that are followed now, in the order of their names. Event loops are asked for a part at a
    /// time, so that no client waits for a long list.
    ///
    /// - Parameters:
    ///   - name: only those that come after this one; the last of a page leads to the next.
    ///   - limit: the most. Default 100.
    ///   - isWanted: which. Default all.
    @concurrent
    public func followedTopics(
        after name: String? = nil,
        limit: Int = 100,
        where isWanted: @Sendable (String) -> Bool = { _ in true }
    ) async -> [TopicInfo] {
        let names = topics.names(after: name, limit: limit, where: isWanted)
        var counts = [Int](repeating: 0, count: names.count)
        for shard in shards {
            for start in stride(from: 0, to: names.count, by: Hub.part) {
                let part = names[start..<min(names.count, start + Hub.part)]
                let sizes = await shard.value { shard in part.map { shard.sessionCount(of: $0) } }
                for (index, size) in sizes.enumerated() { counts[start + index] += size }
            }
        }
        return zip(names, counts).map { TopicInfo(name: $0, sessionCount: $1) }
    }

    private static let part = 512
}

extension Shard {
    /// How many sessions follow a topic here.
    fileprivate func sessionCount(of name: String) -> Int {
        guard let slot = topicTable.find(TopicName(known: name))?.slot(of: mailbox) else { return 0 }
        return slots[Int(slot)]?.roster.count ?? 0
    }
}

extension TopicTable {
    /// Names in their order, the first of them the first that is wanted after `name`. Looks at all, and keeps no more
    /// than it gives.
    fileprivate func names(after name: String?, limit: Int, where isWanted: (String) -> Bool) -> [String] {
        guard limit > 0 else { return [] }
        var found = Heap<String>()
        for part in allNames {
            for candidate in part {
                if let name, candidate <= name { continue }
                if found.count == limit, let last = found.max, last < candidate { continue }
                guard isWanted(candidate) else { continue }
                found.insert(candidate)
                if found.count > limit { found.removeMax() }
            }
        }
        return found.unordered.sorted()
    }
}
