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
        /// From when on the turn could have been run.
        var due = NIODeadline.uptimeNanoseconds(0)

        /// Returns whether the turn is the first that is asked for.
        mutating func requestTurn(due: @autoclosure () -> NIODeadline) -> Bool {
            guard !isTurnRequested else { return false }
            isTurnRequested = true
            self.due = due()
            return true
        }
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
            return state.requestTurn(due: executor.now)
        }
        if isFirst { executor.execute(turn) }
    }

    /// Asks for a turn unless one is on its way.
    ///
    /// - Parameter delay: how long the thread may do something else before.
    func requestTurn(after delay: TimeAmount? = nil) {
        let isFirst = state.withLock { $0.requestTurn(due: executor.now + (delay ?? .zero)) }
        guard isFirst else { return }
        if let delay { executor.schedule(after: delay, turn) } else { executor.execute(turn) }
    }

    /// Begins a turn: what is posted from now on asks for another. Swaps `slots`, which must be empty, with the topics
    /// that were posted. Returns from when on the turn could have been run.
    func drain(into slots: inout [Int32]) -> NIODeadline {
        state.withLock { state in
            state.isTurnRequested = false
            swap(&state.posted, &slots)
            return state.due
        }
    }
}
