import NIOCore
import Synchronization

/// Where publishers post the topics in which a shard has something to read. The only part of a shard that other
/// threads touch.
final class Mailbox: Wakeable {
    private let executor: any ShardExecutor
    private let posted = Mutex<[Int32]>([])
    private let turn = Mutex<(@Sendable () -> Void)?>(nil)

    init(executor: any ShardExecutor) { self.executor = executor }

    /// Says what a turn is. Called once, before the first post.
    func onTurn(_ turn: @escaping @Sendable () -> Void) { self.turn.withLock { $0 = turn } }

    /// Notes a topic; asks for a turn if there was none noted.
    func wake(_ slot: Int32) {
        let isFirst = posted.withLock { posted in
            posted.append(slot)
            return posted.count == 1
        }
        if isFirst { requestTurn() }
    }

    func requestTurn() {
        guard let turn = turn.withLock({ $0 }) else { return }
        executor.execute(turn)
    }

    func drain(into slots: inout [Int32]) {
        posted.withLock { posted in swap(&posted, &slots) }
    }
}
