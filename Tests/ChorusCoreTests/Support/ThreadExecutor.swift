import ChorusCore
import Dispatch
import NIOCore

/// A shard's thread that is really one: a serial queue.
final class ThreadExecutor: ShardExecutor {
    private static let key = DispatchSpecificKey<ObjectIdentifier>()
    private let queue = DispatchQueue(label: "shard")

    init() { queue.setSpecific(key: ThreadExecutor.key, value: ObjectIdentifier(self)) }

    func execute(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }

    func schedule(after delay: TimeAmount, _ work: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(delay.nanoseconds)), execute: work)
    }

    var now: NIODeadline { .now() }

    var isCurrent: Bool { DispatchQueue.getSpecific(key: ThreadExecutor.key) == ObjectIdentifier(self) }

    /// Does something on the thread and waits for it.
    func on<Result>(_ body: () throws -> Result) rethrows -> Result { try queue.sync(execute: body) }
}
