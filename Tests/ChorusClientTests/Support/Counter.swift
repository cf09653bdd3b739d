import Synchronization

/// A number that closures on any thread count up.
final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    /// Counts one, and returns how many that makes.
    @discardableResult
    func increment() -> Int { count.add(1, ordering: .relaxed).newValue }
}
