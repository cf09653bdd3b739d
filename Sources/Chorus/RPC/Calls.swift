import Synchronization

/// How many calls of procedures are under way.
final class Calls: Sendable {
    private let running = Atomic<Int>(0)

    /// Whether there is room for one more, which is counted then.
    func begin(limit: Int) -> Bool {
        guard running.add(1, ordering: .relaxed).newValue <= limit else {
            end()
            return false
        }
        return true
    }

    func end() { running.subtract(1, ordering: .relaxed) }
}
