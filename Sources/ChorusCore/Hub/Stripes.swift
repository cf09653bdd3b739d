import Synchronization

/// State that is kept by topic, in 64 parts with a lock each, so that threads that are busy with different topics
/// rarely wait for each other.
final class Stripes<State: Sendable>: Sendable {
    /// One part, which may be locked by itself.
    final class Part: Sendable {
        private let state: Mutex<State>

        fileprivate init(_ state: State) { self.state = Mutex(state) }

        func withLock<Result: Sendable>(_ body: (inout State) -> Result) -> Result { state.withLock { body(&$0) } }
    }

    let parts: [Part]

    /// - Parameter initial: what every part begins with.
    init(_ initial: State) { parts = (0..<64).map { _ in Part(initial) } }

    /// Locks the part that a topic belongs to.
    func withLock<Result: Sendable>(of topic: String, _ body: (inout State) -> Result) -> Result {
        parts[Int(UInt(bitPattern: topic.hashValue) % UInt(parts.count))].withLock(body)
    }

    /// Adds something up over all parts.
    func sum(_ value: (State) -> Int) -> Int { parts.reduce(0) { $0 + $1.withLock { value($0) } } }
}
