import ChorusCore
import NIOCore

/// A shard's thread when it is one of NIO's event loops.
struct EventLoopExecutor: ShardExecutor {
    let eventLoop: any EventLoop

    func execute(_ work: @escaping @Sendable () -> Void) { eventLoop.execute(work) }

    func schedule(after delay: TimeAmount, _ work: @escaping @Sendable () -> Void) {
        eventLoop.scheduleTask(in: delay, work)
    }

    var now: NIODeadline { .now() }

    var isCurrent: Bool { eventLoop.inEventLoop }
}
