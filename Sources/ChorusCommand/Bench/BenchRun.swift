import ChorusClient
import NIOCore
import NIOPosix

/// One run of the bench: opens the connections, waits until all of them receive, publishes, waits until everything has
/// arrived or nothing more does, and adds up.
package struct BenchRun {
    private let plan: BenchPlan
    private let isInterrupted: @Sendable () -> Bool

    /// Prepares a run. `isInterrupted` is asked now and then; once it says so, the run stops with what it has.
    package init(_ options: BenchOptions, isInterrupted: @escaping @Sendable () -> Bool = { false }) throws {
        plan = try BenchPlan(options)
        self.isInterrupted = isInterrupted
    }

    /// Runs. Throws a ``WebSocketClientError`` when not all connections can be opened, or when nothing is relayed.
    package func run() async throws -> BenchReport {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: plan.options.eventLoops)
        do {
            let report = try await run(on: group)
            try await group.shutdownGracefully()
            return report
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private func run(on group: MultiThreadedEventLoopGroup) async throws -> BenchReport {
        let loops = try await makeLoops(group)
        var report = BenchReport(plan.options)
        let start = NIODeadline.now()
        try await open(loops)
        report.openTime = (NIODeadline.now() - start).seconds
        try await waitUntilReady(loops)

        let begin = NIODeadline.now()
        for loop in loops { loop.execute { $0.begin() } }
        report.wasInterrupted = try await waitUntilDone(loops, begin)
        let counters = try await counters(loops)
        report.add(counters, since: begin)
        for loop in loops { report.add(try await loop.submit { $0.latencies }) }
        for loop in loops { try await loop.submit { $0.close() } }
        return report
    }

    private func makeLoops(_ group: MultiThreadedEventLoopGroup) async throws -> [BenchLoopHandle] {
        var handles: [BenchLoopHandle] = []
        let eventLoops = Array(group.makeIterator())
        for (offset, eventLoop) in eventLoops.enumerated() {
            let indices = Array(stride(from: offset, to: plan.options.connections, by: eventLoops.count))
            handles.append(try await BenchLoopHandle(eventLoop, plan: plan, indices: indices))
        }
        return handles
    }

    private func open(_ loops: [BenchLoopHandle]) async throws {
        let eventLoop = loops[0].eventLoop
        let allOpen = eventLoop.makePromise(of: Void.self)
        EventLoopFuture.andAllSucceed(loops.map { $0.open() }, promise: allOpen)
        let limit = plan.options.openLimit
        let alarm = eventLoop.scheduleTask(in: .milliseconds(Int64(limit * 1_000))) {
            allOpen.fail(WebSocketClientError(.timedOut, "not all connections were open after \(limit) s"))
        }
        defer { alarm.cancel() }
        do {
            try await allOpen.futureResult.get()
        } catch {
            throw WebSocketClientError.connecting(to: "\(plan.url)", error)
        }
    }

    /// A server may let a connection in before it takes part, so messages that do not count are published first.
    private func waitUntilReady(_ loops: [BenchLoopHandle]) async throws {
        let deadline = NIODeadline.now() + .milliseconds(Int64(plan.options.readyLimit * 1_000))
        var lookAgain = Duration.milliseconds(2)
        while true {
            for loop in loops { loop.execute { $0.probe() } }
            try await Task.sleep(for: lookAgain)
            lookAgain = min(lookAgain * 2, .milliseconds(200))
            let counters = try await counters(loops)
            if counters.ready == plan.options.connections { return }
            guard NIODeadline.now() < deadline, counters.ended == 0, !isInterrupted() else {
                let what = counters.ended > 0 ? "\(counters.ended) were closed" : "it relays to \(counters.ready)"
                throw WebSocketClientError(
                    .protocolError,
                    "\(plan.url) does not relay what is published to its \(plan.options.connections) clients: \(what)"
                )
            }
        }
    }

    /// Returns whether the run was interrupted.
    private func waitUntilDone(_ loops: [BenchLoopHandle], _ begin: NIODeadline) async throws -> Bool {
        var lastProgress = (value: UInt64(0), time: begin)
        while true {
            try await Task.sleep(for: .milliseconds(10))
            let counters = try await counters(loops)
            let now = NIODeadline.now()
            let wasInterrupted = isInterrupted()
            if wasInterrupted || (now - begin).seconds >= plan.options.publishTime {
                for loop in loops { loop.execute { $0.stopPublishing() } }
            }
            // What was on its way to connections that have ended will not come.
            let live = UInt64(plan.options.connections - counters.ended)
            if counters.publishing == 0, counters.progress - counters.endedProgress >= counters.sent * live {
                return wasInterrupted
            }
            if counters.progress != lastProgress.value { lastProgress = (counters.progress, now) }
            let quiet = (now - lastProgress.time).seconds
            // At a slow rate nothing comes between two messages. An interrupted run waits for what is on its way only.
            let limit = wasInterrupted ? min(2, plan.options.quietLimit) : plan.options.quietLimit
            guard quiet < limit + (plan.options.rate.map { 1 / $0 } ?? 0) else {
                for loop in loops { try await loop.submit { $0.stopPublishing() } }
                return wasInterrupted
            }
        }
    }

    private func counters(_ loops: [BenchLoopHandle]) async throws -> BenchCounters {
        var sum = BenchCounters()
        for loop in loops { sum = sum + (try await loop.submit { $0.counters }) }
        return sum
    }
}

extension TimeAmount {
    var seconds: Double { Double(nanoseconds) / 1e9 }
}
