import NIOCore

/// A shard as other threads see it.
package final class ShardHandle: Sendable {
    package let executor: any ShardExecutor
    private let confined: Confined<Shard>

    init(hub: Hub, executor: any ShardExecutor) {
        let mailbox = Mailbox(executor: executor)
        let confined = Confined(
            Shard(hub: hub, executor: executor, mailbox: mailbox),
            to: executor
        )
        mailbox.onTurn { confined.value.turn() }
        self.executor = executor
        self.confined = confined
    }

    /// The shard, for callers on its thread.
    package var shard: Shard { confined.value }

    /// Runs `body` on the shard's thread.
    package func execute(_ body: @escaping @Sendable (Shard) -> Void) {
        executor.execute { [confined] in body(confined.value) }
    }
}
