/// A value that lives on one shard's thread, in a form that other threads may carry but not open.
///
/// `@unchecked Sendable` is sound because `value` is read only after the check that the caller is on the thread. What
/// other threads may do is release the last reference, and then nobody is left on the shard's thread who could touch
/// the value at the same time.
struct Confined<Value>: @unchecked Sendable {
    private let content: Value
    private let executor: any ShardExecutor

    init(_ value: Value, to executor: any ShardExecutor) {
        self.content = value
        self.executor = executor
    }

    var value: Value {
        precondition(executor.isCurrent, "a shard is touched on its own thread only")
        return content
    }
}
