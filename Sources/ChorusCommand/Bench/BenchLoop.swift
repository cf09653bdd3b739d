import NIOCore
import NIOPosix

/// The connections of one event loop and what they have counted. On that loop only.
final class BenchLoop {
    var counters = BenchCounters()
    var latencies = Histogram()
    private let eventLoop: any EventLoop
    private let plan: BenchPlan
    private var connections: [BenchConnection] = []
    private var toOpen: [Int]
    private var opening = 0
    private var allOpen: EventLoopPromise<Void>

    /// More at once overflows the accept queue of many servers, and lost SYNs take seconds to come again.
    private static let openAtOnce = 64

    init(_ eventLoop: any EventLoop, plan: BenchPlan, indices: [Int]) {
        self.eventLoop = eventLoop
        self.plan = plan
        toOpen = indices.reversed()
        allOpen = eventLoop.makePromise()
        connections.reserveCapacity(indices.count)
    }

    /// Opens all connections; fails with the first one that fails.
    func open() -> EventLoopFuture<Void> {
        openMore()
        return allOpen.futureResult
    }

    private func openMore() {
        if toOpen.isEmpty, opening == 0 { allOpen.succeed() }
        while opening < Self.openAtOnce, let index = toOpen.popLast() {
            opening += 1
            openOne(index).assumeIsolated().whenComplete { result in
                self.opening -= 1
                switch result {
                case .success:
                    self.openMore()
                case .failure(let error):
                    self.toOpen = []
                    self.allOpen.fail(error)
                }
            }
        }
    }

    private func openOne(_ index: Int) -> EventLoopFuture<Void> {
        let opened = eventLoop.makePromise(of: Void.self)
        let connection = BenchConnection(loop: self, plan: plan, opened: opened)
        if index < plan.options.publishers {
            connection.publisher = BenchPublisher(index: index, connection: connection)
        }
        connections.append(connection)
        let bound = NIOLoopBound(connection, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(.milliseconds(Int64(plan.options.openLimit * 1_000)))
            .channelInitializer { [plan] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = try plan.makeTLSHandler() { try channel.pipeline.syncOperations.addHandler(tls) }
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .connect(to: plan.address)
            .whenFailure { opened.fail($0) }
        return opened.futureResult
    }

    /// Lets the first publisher ask who receives.
    func probe() {
        connections.lazy.compactMap(\.publisher).first { $0.index == 0 }?.probe()
    }

    func begin() {
        for connection in connections { connection.publisher?.begin() }
    }

    func stopPublishing() {
        for connection in connections { connection.publisher?.stop() }
    }

    /// Closes everything.
    func close() {
        toOpen = []
        for connection in connections { connection.close() }
    }
}

@available(*, unavailable)
extension BenchLoop: Sendable {}
