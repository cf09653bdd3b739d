import NIOCore

/// A ``BenchLoop`` seen from other threads.
struct BenchLoopHandle: Sendable {
    let eventLoop: any EventLoop
    private let loop: NIOLoopBound<BenchLoop>

    init(_ eventLoop: any EventLoop, plan: BenchPlan, indices: [Int]) async throws {
        self.eventLoop = eventLoop
        loop = try await eventLoop.submit {
            NIOLoopBound(BenchLoop(eventLoop, plan: plan, indices: indices), eventLoop: eventLoop)
        }.get()
    }

    func open() -> EventLoopFuture<Void> {
        eventLoop.flatSubmit { [loop] in loop.value.open() }
    }

    func execute(_ work: @escaping @Sendable (BenchLoop) -> Void) {
        eventLoop.execute { [loop] in work(loop.value) }
    }

    func submit<Value: Sendable>(_ work: @escaping @Sendable (BenchLoop) -> Value) async throws -> Value {
        try await eventLoop.submit { [loop] in work(loop.value) }.get()
    }
}
