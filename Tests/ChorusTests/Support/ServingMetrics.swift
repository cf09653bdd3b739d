import Chorus
import ChorusCore
import ChorusTesting
import MetricsTestKit
import NIOCore

/// Runs a server whose metrics the test looks at. It does not wait for clients when it stops.
///
/// - Parameter configure: changes the configuration.
func serveCounted(
    hub: Hub,
    configure: (inout BroadcastServer.Configuration) -> Void = { _ in },
    routes: (BroadcastServer) -> Void = { $0.relayTopics() },
    _ body: @escaping @Sendable (TestServer, TestMetrics) async throws -> Void
) async throws {
    let metrics = TestMetrics()
    var configuration = BroadcastServer.Configuration(port: 0, eventLoops: 1, drainTime: .zero)
    configuration.limits.closeTime = .milliseconds(500)
    configure(&configuration)
    let server = BroadcastServer(configuration: configuration, hub: hub, logger: Recorder().logger, metrics: metrics)
    routes(server)
    try await TestServer.run(server) { try await body($0, metrics) }
}
