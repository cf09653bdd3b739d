import Synchronization

/// Lets tasks wait until something has been counted often enough.
final class Gate: Sendable {
    private struct State: Sendable {
        var missing: Int
        var waiting: [UnsafeContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// - Parameter count: how often ``pass(_:)`` must be called.
    init(_ count: Int = 1) { state = Mutex(State(missing: count)) }

    func pass(_ count: Int = 1) {
        state.withLock { state in
            state.missing -= count
            guard state.missing <= 0 else { return }
            for waiting in state.waiting { waiting.resume() }
            state.waiting = []
        }
    }

    /// Returns when it has been counted often enough, or when the task is cancelled: then a time limit was exceeded.
    func wait() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                state.withLock { state in
                    if state.missing <= 0 { continuation.resume() } else { state.waiting.append(continuation) }
                }
            }
        } onCancel: {
            pass(.max / 2)
        }
    }
}
