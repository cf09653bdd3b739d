import Synchronization

/// What all topics of a hub may keep together for readers that are behind.
///
/// Every log adds and subtracts what it holds. While the sum is over the limit, a topic that is appended to keeps
/// no more than its share: the limit divided by the number of topics that hold more than their newest segment.
package final class MemoryBudget: Sendable {
    let limit: Int
    private let used = Atomic<Int>(0)
    private let holders = Atomic<Int>(0)
    private let reserved = Atomic<Int>(0)

    package init(limit: Int) { self.limit = max(1, limit) }

    /// Bytes that are in use now: what all logs hold, and what is reserved.
    package var bytes: Int { used.load(ordering: .relaxed) + reserved.load(ordering: .relaxed) }

    package func add(_ bytes: Int) { used.add(bytes, ordering: .relaxed) }

    /// Takes a part of the budget for what waits to be published; `false` if that would be more than a quarter of it.
    package func reserve(_ bytes: Int) -> Bool {
        guard reserved.add(bytes, ordering: .relaxed).newValue > limit / 4 else { return true }
        giveBack(bytes)
        return false
    }

    package func giveBack(_ bytes: Int) { reserved.subtract(bytes, ordering: .relaxed) }

    /// Counts topics that hold more than one segment.
    package func addHolder(_ count: Int) { holders.add(count, ordering: .relaxed) }

    /// The most bytes that a topic with the given window may keep now.
    package func allowance(for window: Window) -> Int {
        guard bytes > limit else { return window.bytes }
        return min(window.bytes, limit / max(1, holders.load(ordering: .relaxed)))
    }
}
