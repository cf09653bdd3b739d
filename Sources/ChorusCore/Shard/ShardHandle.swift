import NIOCore

/// A shard as other threads see it.
package final class ShardHandle: Sendable {
    package let executor: any ShardExecutor
    private let confined: Confined<Shard>

    init(topics: TopicTable, register: SessionRegister, outbox: OutboxLimits, executor: any ShardExecutor) {
        // the shard holds its mailbox, so the mailbox must not hold the shard
        let reference = ShardReference()
        let confinedReference = Confined(reference, to: executor)
        let mailbox = Mailbox(executor: executor) { confinedReference.value.shard?.turn() }
        let shard = Shard(
            topics: topics,
            register: register,
            outbox: outbox,
            executor: executor,
            mailbox: mailbox
        )
        reference.shard = shard
        self.executor = executor
        self.confined = Confined(shard, to: executor)
    }

    /// The shard, for callers on its thread.
    package var shard: Shard { confined.value }

    /// Runs `body` on the shard's thread.
    package func execute(_ body: @escaping @Sendable (Shard) -> Void) {
        executor.execute { [confined] in body(confined.value) }
    }

    /// What `body` gives on the shard's thread.
    package func value<Value: Sendable>(_ body: @escaping @Sendable (Shard) -> Value) async -> Value {
        await withUnsafeContinuation { continuation in
            execute { continuation.resume(returning: body($0)) }
        }
    }
}

private final class ShardReference {
    weak var shard: Shard?
}
