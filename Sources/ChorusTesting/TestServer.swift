public import Chorus
import Logging
import ServiceLifecycle

/// A server on a free port of this machine, for the time of a test.
public struct TestServer: Sendable {
    /// The server under test.
    public let server: BroadcastServer
    /// Where it listens.
    public let address: ListeningAddress
    private let group: ServiceGroup

    /// `ws://127.0.0.1:PORT` and the path; for TCP without TLS.
    public func url(_ path: String) -> String { "ws://\(address)\(path)" }

    /// Tells the server to stop, as SIGTERM does. ``run(_:_:)`` waits for its end.
    public func stop() async { await group.triggerGracefulShutdown() }

    /// Starts a server, waits until it listens, runs `body`, and stops the server. Throws the server's `ChorusError`
    /// when it cannot listen.
    ///
    /// - Parameters:
    ///   - server: must be configured for port 0 of 127.0.0.1, or a Unix socket.
    ///   - body: the test; what it throws is thrown on when the server has ended.
    public static func run<Result: Sendable>(
        _ server: BroadcastServer,
        _ body: @escaping @Sendable (TestServer) async throws -> Result
    ) async throws -> Result {
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: Quiet(server: server))], logger: Logger(label: "test"))
        )
        return try await withThrowingTaskGroup(of: Result?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                guard let address = await server.addresses.first else { return nil }
                do {
                    let result = try await body(TestServer(server: server, address: address, group: group))
                    await group.triggerGracefulShutdown()
                    return result
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
            }
            var result: Result?
            for try await value in tasks { result = result ?? value }
            guard let result else { throw CancellationError() }
            return result
        }
    }

    /// The server without handlers for the process's signals, which belong to the test runner.
    private struct Quiet: Service {
        let server: BroadcastServer

        func run() async throws { try await server.run(gracefulShutdownSignals: []) }
    }
}
