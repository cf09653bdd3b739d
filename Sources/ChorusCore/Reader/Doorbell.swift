import Synchronization

/// Lets one task wait until something was appended to a topic.
final class Doorbell: Wakeable {
    private struct State: Sendable {
        var isRung = false
        var waiting: UnsafeContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func wake(_ slot: Int32) {
        state.withLock { state in
            if let waiting = state.waiting.take() { waiting.resume() } else { state.isRung = true }
        }
    }

    /// Returns after a ring that no wait has returned for, or when the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isRung = state.withLock { state in
                    if state.isRung {
                        state.isRung = false
                        return true
                    }
                    state.waiting = continuation
                    return false
                }
                if isRung { continuation.resume() }
            }
        } onCancel: {
            wake(0)
        }
    }
}
