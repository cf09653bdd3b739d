import NIOCore
import Synchronization

/// Where publishers post the topics in which a shard has something to read, and where its next turn is asked for. The
/// only part of a shard that other threads touch.
final class Mailbox: Wakeable {
    private struct State: Sendable {
        var posted: [Int32] = []
        /// A turn is on its way. At most one is, or turns that follow each other closely would never let the thread
        /// look at its sockets.
        var isTurnRequested = false
    }

    private let executor: any ShardExecutor
    private let state = Mutex(State())
    private let turn: @Sendable () -> Void

    /// - Parameter turn: what is to be run on the executor's thread.
    init(executor: any ShardExecutor, turn: @escaping @Sendable () -> Void) {
        self.executor = executor
        self.turn = turn
    }

    /// Notes a topic; asks for a turn unless one is on its way.
    func wake(_ slot: Int32) {
        let isFirst = state.withLock { state in
            state.posted.append(slot)
            defer { state.isTurnRequested = true }
            return !state.isTurnRequested
        }
        if isFirst { execute(after: nil) }
    }

    /// Asks for a turn unless one is on its way.
    ///
    /// - Parameter delay: how long the thread may do something else before.
    func requestTurn(after delay: TimeAmount? = nil) {
        let isFirst = state.withLock { state in
            defer { state.isTurnRequested = true }
            return !state.isTurnRequested
        }
        if isFirst { execute(after: delay) }
    }

    /// Begins a turn: what is posted from now on asks for another. Swaps `slots`, which must be empty, with the topics
    /// that were posted.
    func drain(into slots: inout [Int32]) {
        state.withLock { state in
            state.isTurnRequested = false
            swap(&state.posted, &slots)
        }
    }

    private func execute(after delay: TimeAmount?) {
        if let delay { executor.schedule(after: delay, turn) } else { executor.execute(turn) }
    }
}
