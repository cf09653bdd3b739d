import Synchronization

/// Lets tasks wait until something was appended to a topic.
final class Doorbell: Wakeable {
    private struct State: Sendable {
        var isRung = false
        var waiting: [UnsafeContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Wakes all who wait; if nobody does, the next wait returns at once.
    func wake(_ slot: Int32) {
        state.withLock { state in
            state.isRung = state.waiting.isEmpty
            for waiting in state.waiting { waiting.resume() }
            state.waiting = []
        }
    }

    /// Returns after a ring that no wait has returned for, or when the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isRung = state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.waiting.append(continuation)
                    return false
                }
                if isRung { continuation.resume() }
            }
        } onCancel: {
            wake(0)
        }
    }
}
