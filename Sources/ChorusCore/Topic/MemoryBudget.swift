import Synchronization

/// What all topics of a hub may keep together for readers that are behind.
///
/// Every log adds and subtracts what it holds. While the sum is over the limit, a topic that is appended to keeps
/// no more than its share: the limit divided by the number of topics that hold more than their newest segment.
package final class MemoryBudget: Sendable {
    let limit: Int
    private let used = Atomic<Int>(0)
    private let holders = Atomic<Int>(0)

    package init(limit: Int) { self.limit = max(1, limit) }

    /// Bytes that all logs hold now.
    package var bytes: Int { used.load(ordering: .relaxed) }

    package func add(_ bytes: Int) { used.add(bytes, ordering: .relaxed) }

    /// Adds `bytes` if they fit.
    package func reserve(_ bytes: Int) -> Bool {
        guard used.add(bytes, ordering: .relaxed).newValue > limit else { return true }
        used.subtract(bytes, ordering: .relaxed)
        return false
    }

    /// Counts topics that hold more than one segment.
    package func addHolder(_ count: Int) { holders.add(count, ordering: .relaxed) }

    /// The most bytes that a topic with the given window may keep now.
    package func allowance(for window: Window) -> Int {
        guard bytes > limit else { return window.bytes }
        return min(window.bytes, limit / max(1, holders.load(ordering: .relaxed)))
    }
}
