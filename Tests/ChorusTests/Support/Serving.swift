import Chorus
import ChorusCore
import ChorusTesting
import Hummingbird
import Logging

/// Runs a server on a free port for the time of `body`. By default it has the endpoints of `chorus serve --echo`, and does
/// not wait long for clients that do not close.
///
/// - Parameters:
///   - hub: its topics.
///   - router: answers what is not for a WebSocket.
///   - log: what it says above debug is an issue unless the test looks at it with a recorder of its own.
///   - configure: changes the configuration.
///   - routes: adds the endpoints.
func serve(
    hub: Hub = Hub(),
    router: Router<BasicRequestContext> = Router(),
    log: Recorder? = nil,
    configure: (inout BroadcastServer.Configuration) -> Void = { _ in },
    routes: (BroadcastServer) -> Void = { $0.relayEcho() },
    _ body: @escaping @Sendable (TestServer) async throws -> Void
) async throws {
    var configuration = BroadcastServer.Configuration(port: 0, drainTime: .milliseconds(300))
    configuration.limits.closeTime = .milliseconds(500)
    configure(&configuration)
    let recorder = log ?? Recorder()
    let server = BroadcastServer(configuration: configuration, hub: hub, router: router, logger: recorder.logger)
    routes(server)
    try await Turnstile.servers.pass { try await TestServer.run(server, body) }
    guard log == nil, !recorder.remarks.isEmpty else { return }
    throw TestFailure("the server's log: \(recorder.remarks.joined(separator: "\n"))")
}

extension BroadcastServer {
    /// `/ws`, `/ws/{topic}` and `/echo`.
    func relayEcho() {
        relayTopics()
        echo()
    }
}

extension TestServer {
    var hub: Hub { server.hub }

    var port: Int { address.port ?? 0 }

    /// Publishes a text, as the program does.
    func publish(_ text: String, to topic: String) async throws {
        try await hub.publish(text, to: try TopicName(topic))
    }

    /// Connects a WebSocket client.
    func client(_ path: String = "/ws") async throws -> TestClient {
        try await TestClient.connect(to: url(path))
    }

    /// Connects several, one after the other.
    func clients(_ count: Int, _ path: String = "/ws") async throws -> [TestClient] {
        var clients: [TestClient] = []
        for _ in 0..<count { clients.append(try await client(path)) }
        return clients
    }

    /// Connects without saying anything.
    func raw(receiveBuffer: Int? = nil) async throws -> RawClient {
        try await RawClient.connect(port: port, receiveBuffer: receiveBuffer)
    }

    /// Waits until so many connections are open, whatever they speak.
    func expectConnections(_ count: Int, within seconds: Double = 10) async throws {
        try await eventually("\(count) connection(s)", within: seconds) { server.connectionCount == count }
    }

    func expectSessions(_ count: Int, within seconds: Double = 10) async throws {
        try await eventually("\(count) session(s)", within: seconds) {
            hub.sessionCount == count
        }
    }
}
