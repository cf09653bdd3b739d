import AsyncHTTPClient
import NIOCore

/// A ``BenchLoop`` seen from other threads.
struct BenchLoopHandle: Sendable {
    private let eventLoop: any EventLoop
    private let loop: NIOLoopBound<BenchLoop>

    init(_ eventLoop: any EventLoop, plan: BenchPlan, share: BenchShare, http: HTTPClient?) async throws {
        self.eventLoop = eventLoop
        loop = try await eventLoop.submit {
            NIOLoopBound(BenchLoop(eventLoop, plan: plan, share: share, http: http), eventLoop: eventLoop)
        }.get()
    }

    func execute(_ work: @escaping @Sendable (BenchLoop) -> Void) {
        eventLoop.execute { [loop] in work(loop.value) }
    }

    func submit<Value: Sendable>(_ work: @escaping @Sendable (BenchLoop) -> Value) async throws -> Value {
        try await eventLoop.submit { [loop] in work(loop.value) }.get()
    }
}

/// Which connections and publishers are those of one event loop: dealt out like cards.
struct BenchShare: Sendable {
    let first: Int
    let loops: Int

    func indices(below count: Int) -> [Int] { Array(stride(from: first, to: count, by: loops)) }
}
