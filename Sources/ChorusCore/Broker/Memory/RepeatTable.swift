import DequeModule
import NIOCore

/// The idempotency keys of a topic's publications, for five minutes, but no more than fit into 64 MiB: some 300,000.
struct RepeatTable: Sendable {
    private static let memory = TimeAmount.minutes(5)
    private static let mostBytes = 64 << 20

    private var known: [String: MemoryStream.Suppression] = [:]
    private var order: Deque<(deadline: NIODeadline, key: String)> = []

    /// About what it costs.
    private(set) var cost = 0

    var isEmpty: Bool { order.isEmpty }

    mutating func find(_ key: String, now: NIODeadline) -> MemoryStream.Suppression? {
        trim(now: now)
        return known[key]
    }

    mutating func insert(_ key: String, _ position: Position?, now: NIODeadline) {
        known[key] = MemoryStream.Suppression(position: position)
        order.append((now + RepeatTable.memory, key))
        cost += RepeatTable.cost(of: key)
        while cost > RepeatTable.mostBytes { removeFirst() }
    }

    /// The key twice, if it is long, and its places in a table and a queue.
    private static func cost(of key: String) -> Int { 160 + 2 * key.utf8.count }

    mutating func trim(now: NIODeadline) {
        while let oldest = order.first, oldest.deadline <= now { removeFirst() }
    }

    private mutating func removeFirst() {
        let oldest = order.removeFirst()
        known[oldest.key] = nil
        cost -= RepeatTable.cost(of: oldest.key)
    }
}
