import AsyncHTTPClient
import NIOCore
import NIOPosix

/// One run of the bench: opens the connections, waits until all of them receive, publishes, waits until everything has
/// arrived or nothing more does, and adds up.
package struct BenchRun {
    let plan: BenchPlan
    let isInterrupted: @Sendable () -> Bool
    let progress: @Sendable (String) -> Void

    /// How often it looks how far the event loops are. Polled, so that counting costs nothing; what is reported has its
    /// own times.
    static let interval = Duration.milliseconds(10)

    /// Prepares a run, for which it connects to the server once if that is given by its name. `isInterrupted` is asked
    /// now and then; once it says so, the run stops with what it has. `progress` is told once a second how far it is.
    package init(
        _ options: BenchOptions,
        progress: @escaping @Sendable (String) -> Void = { _ in },
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) async throws {
        plan = try await BenchPlan(options)
        self.progress = progress
        self.isInterrupted = isInterrupted
    }

    /// Runs. Throws when not all connections can be opened, when nothing is relayed, or when nothing can be published:
    /// a ``WebSocketClientError`` or an ``APIClient/Failure``.
    package func run() async throws -> BenchReport {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: plan.options.eventLoops)
        let http = plan.makeHTTPClient(on: group)
        var loops: BenchLoops?
        let result: Result<BenchReport, any Error>
        do {
            let made = try await makeLoops(group, http)
            loops = made
            result = .success(try await run(made))
        } catch {
            result = .failure(error)
        }
        // first, so that nothing is answered any more when the publishers are gone
        try? await http?.shutdown()
        try? await loops?.close()
        try? await group.shutdownGracefully()
        return try result.get()
    }

    private func makeLoops(_ group: MultiThreadedEventLoopGroup, _ http: HTTPClient?) async throws -> BenchLoops {
        var handles: [BenchLoopHandle] = []
        for (index, eventLoop) in group.makeIterator().enumerated() {
            let share = BenchShare(first: index, loops: plan.options.eventLoops)
            handles.append(try await BenchLoopHandle(eventLoop, plan: plan, share: share, http: http))
        }
        return BenchLoops(handles: handles)
    }

    private func run(_ loops: BenchLoops) async throws -> BenchReport {
        var report = BenchReport(plan.options)
        var server = try ServerWatch(plan.options, plan.address)
        do {
            try await measure(loops, &report, &server)
        } catch is Interrupted {
            report.wasInterrupted = true
        } catch let failure as APIClient.Failure {
            // what was measured before is not thrown away
            guard try await loops.counters().published > 0 else { throw failure }
            report.failure = failure
        }
        report.server = server.report
        report.add(try await loops.counters())
        for histograms in try await loops.histograms() { report.add(histograms) }
        return report
    }

    private func measure(_ loops: BenchLoops, _ report: inout BenchReport, _ server: inout ServerWatch) async throws {
        server.beginConnecting()
        report.beginOfOpening = .now()
        loops.execute { $0.open() }
        try await waitUntilOpen(loops)
        server.endConnecting()
        report.isEchoed = try await waitUntilReady(loops)
        server.allReceive()

        let isEchoed = report.isEchoed
        let acknowledgers = try await loops.acknowledgers()
        // Waited for, as below: a message of one loop must not arrive at another one before.
        try await loops.submit { $0.listen(acknowledgers, isEchoed: isEchoed) }
        report.beginOfPublishing = .now()
        if plan.options.warmUp > 0 {
            let phase = BenchPhase.warmUp(plan.options)
            try await publish(loops, phase, "warming up", &server)
            try await loops.submit { $0.forgetWarmUp() }
        }
        let processorTime = OwnProcess.processorTime
        server.beginPublishing()
        report.beginOfPublishing = .now()
        defer {
            server.endPublishing()
            report.benchTime = (NIODeadline.now() - report.beginOfPublishing).seconds
            report.benchProcessorTime = OwnProcess.processorTime - processorTime
        }
        try await publish(loops, .measured(plan.options), "", &server)
    }

    /// Publishes, and waits until everything has arrived or nothing more does. Throws what ends it before its time, but
    /// only when what is on its way has arrived.
    private func publish(
        _ loops: BenchLoops,
        _ phase: BenchPhase,
        _ name: String,
        _ server: inout ServerWatch
    ) async throws {
        let begin = NIODeadline.now()
        loops.execute { $0.begin(phase) }
        var patience = Patience(limit: plan.options.quietLimit)
        var ticker = ProgressTicker(name, phase, begin)
        var earlyEnd: (any Error)?
        while true {
            try await Task.sleep(for: Self.interval)
            let counters = try await loops.counters()
            // After the counters: a publisher that has failed must not be taken for one that is done.
            if earlyEnd == nil, let reason = try await loops.failure() ?? (isInterrupted() ? Interrupted() : nil) {
                earlyEnd = reason
                // only for what is on its way
                patience.limit = min(2, patience.limit)
            }
            let now = NIODeadline.now()
            let isOver = earlyEnd != nil || (now - begin).seconds >= phase.time
            if isOver { loops.execute { $0.stopPublishing() } }
            if counters.publishing == 0, counters.progress >= counters.expected { break }
            if counters.ended == plan.options.connections { break }
            // At a slow rate nothing comes between two messages.
            let pause = isOver ? 0 : plan.options.rate.map { 1 / $0 } ?? 0
            guard patience.holds(counters.progress + counters.published, at: now, pause: pause) else {
                try await loops.submit { $0.stopPublishing() }
                if counters.publishing > 0, earlyEnd == nil { earlyEnd = gaveUp(counters, phase, patience) }
                break
            }
            if let line = ticker.line(counters, at: now) {
                server.look()
                progress(line)
            }
        }
        if let earlyEnd { throw earlyEnd }
    }

    private func gaveUp(_ counters: BenchCounters, _ phase: BenchPhase, _ patience: Patience) -> APIClient.Failure {
        let whole = phase.messages.map { " of \(Figure.grouped($0))" } ?? ""
        let published = "\(Figure.grouped(counters.published))\(whole) messages were published"
        let message = "the server has taken and delivered nothing for \(patience.limit) s; \(published)"
        return APIClient.Failure(message: message, exit: Exit.unavailable)
    }

    /// Somebody has stopped the run.
    struct Interrupted: Error {}
}

extension TimeAmount {
    var seconds: Double { Double(nanoseconds) / 1e9 }
}
