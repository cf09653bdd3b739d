import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization
public import UnixSignals

extension BroadcastServer: Service {
    /// Listens and serves until the process gets one of the signals, or the service group that it runs in stops.
    ///
    /// Then no new connections are accepted, what was accepted is delivered, and clients are told to come back (close
    /// code 1001), spread over up to ``Configuration/drainTime``. Throws ``ChorusError`` when the address cannot be
    /// listened on or the certificate cannot be read.
    public func run(gracefulShutdownSignals: [UnixSignal]) async throws {
        let group = ServiceGroup(
            configuration: .init(
                // stopped from the last to the first: nothing is published while the server ends
                services: [
                    .init(service: Serving(server: self)),
                    .init(service: Companions(bodies: tasks), failureTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: gracefulShutdownSignals,
                logger: logger
            )
        )
        try await group.run()
    }

    /// Listens and serves until SIGTERM or SIGINT, or until the service group that it runs in stops.
    public func run() async throws {
        try await run(gracefulShutdownSignals: [.sigterm, .sigint])
    }

    /// Where the server listens; waits until it does. Empty when it cannot. Never returns for a server that is mounted
    /// in a Hummingbird application, because that one listens.
    public var addresses: [ListeningAddress] {
        get async {
            await withCheckedContinuation { continuation in
                let addresses = state.withLock { state in
                    if state.addresses == nil { state.waiting.append(continuation) }
                    return state.addresses
                }
                if let addresses { continuation.resume(returning: addresses) }
            }
        }
    }

    /// Hands what was counted to swift-metrics once a second, until the task is cancelled. ``run()`` does this itself; it is
    /// for servers that are mounted in a Hummingbird application.
    public func reportMetrics() async {
        while !Task.isCancelled {
            if let core = state.withLock({ $0.core }) { return await reportMetrics(of: core) }
            // the application has not made its server yet
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    fileprivate func reportMetrics(of core: ServerCore) async {
        var reporter = MetricsReporter(core: core)
        await reporter.run()
    }

    func setAddresses(_ addresses: [ListeningAddress]) {
        let waiting = state.withLock { state in
            state.addresses = addresses
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: addresses) }
    }
}

/// What the program does while the server runs, each in a task of its own.
private struct Companions: Service {
    let bodies: [@Sendable () async throws -> Void]

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for body in bodies { group.addTask { try await body() } }
                    // the first error ends the others
                    for try await _ in group {}
                }
                // all have ended by themselves, and the server goes on
                try await gracefulShutdown()
            }
        } catch {
            // what they throw when they are told to end is no failure
            guard Task.isShuttingDownGracefully || Task.isCancelled else { throw error }
        }
    }
}

/// One run of a server, without signals.
private struct Serving: Service {
    let server: BroadcastServer

    func run() async throws {
        let core = server.makeCore(http: server.http)
        let listener: Listener
        do {
            listener = try await Listener.start(core)
        } catch {
            server.setAddresses([])
            throw error
        }
        server.setAddresses([listener.address])
        server.logger.info("listening", metadata: ["chorus.address": "\(listener.address)"])
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await listener.certificates?.run() }
            group.addTask { await server.reportMetrics(of: core) }
            try? await gracefulShutdown()
            server.logger.info("stopping", metadata: ["chorus.connections": "\(core.connectionCount)"])
            await listener.stop()
            await Drain(core: core).run()
            group.cancelAll()
        }
        core.removeLoops(areEnding: listener.hasOwnThreads)
        await listener.shutDownThreads()
    }
}
