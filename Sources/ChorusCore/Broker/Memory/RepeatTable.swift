import DequeModule
import NIOCore

/// The idempotency keys of a topic's publications, for five minutes.
struct RepeatTable: Sendable {
    private static let memory = TimeAmount.minutes(5)

    private var known: [String: MemoryStream.Suppression] = [:]
    private var order: Deque<(deadline: NIODeadline, key: String)> = []

    var isEmpty: Bool { order.isEmpty }

    mutating func find(_ key: String, now: NIODeadline) -> MemoryStream.Suppression? {
        trim(now: now)
        return known[key]
    }

    mutating func insert(_ key: String, _ position: Position?, now: NIODeadline) {
        known[key] = MemoryStream.Suppression(position: position)
        order.append((now + RepeatTable.memory, key))
    }

    mutating func trim(now: NIODeadline) {
        while let oldest = order.first, oldest.deadline <= now {
            known[oldest.key] = nil
            order.removeFirst()
        }
    }
}
