import ChorusTesting
import Synchronization

/// Values that one side notes and the other waits for, in order.
final class Notes<Value: Sendable>: Sendable {
    private let values: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() { (values, continuation) = AsyncStream.makeStream(of: Value.self) }

    func note(_ value: Value) { continuation.yield(value) }

    /// The next `count` values that were noted. One task at a time may wait.
    func next(_ count: Int, within seconds: Double = 10) async throws -> [Value] {
        try await withTimeout(seconds, "\(count) note(s)") { [values] in
            var taken: [Value] = []
            var iterator = values.makeAsyncIterator()
            while taken.count < count, let value = await iterator.next() { taken.append(value) }
            return taken
        }
    }

    func next() async throws -> Value {
        guard let value = try await next(1).first else { throw CancellationError() }
        return value
    }
}

/// A door that is shut until it is opened, once and for all.
final class Gate: Sendable {
    private struct State: Sendable {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
