public import NIOCore

/// What a shard needs of the thread that it lives on.
///
/// A shard knows this and not NIO's `EventLoop`, so that it can be driven by a test, or one day by a loop of its own.
public protocol ShardExecutor: Sendable {
    /// Runs `work` on the shard's thread, after what is queued there.
    func execute(_ work: @escaping @Sendable () -> Void)

    /// Runs `work` on the shard's thread after at least `delay`.
    func schedule(after delay: TimeAmount, _ work: @escaping @Sendable () -> Void)

    /// The time on the shard's clock.
    var now: NIODeadline { get }

    /// Whether the caller is on the shard's thread.
    var isCurrent: Bool { get }
}
