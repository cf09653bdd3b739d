import Chorus
import ChorusCore
import ChorusTesting
import Logging
import NIOCore

/// Runs a server with the endpoints of `chorus serve` on a free port for the time of `body`.
func withBroadcastServer(
    _ hub: Hub,
    _ body: @escaping @Sendable (TestServer) async throws -> Void
) async throws {
    var configuration = BroadcastServer.Configuration(port: 0, eventLoops: 2, drainTime: .milliseconds(300))
    configuration.limits.closeTime = .milliseconds(500)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = BroadcastServer(configuration: configuration, hub: hub, logger: logger)
    server.relayTopics()
    try await TestServer.run(server, body)
}

extension TestServer {
    var port: Int { address.port ?? 0 }

    /// Publishes a text to the topic `news`, as the program does.
    func publish(_ text: String, key: String? = nil) async throws {
        try await server.hub.publish(Message(text, key: key), to: TopicName("news"))
    }
}

extension Hub {
    /// A hub whose topics are all like this.
    convenience init(topics: Namespace) { self.init(configuration: Configuration(defaults: topics)) }
}
