import Chorus
import ChorusClient
import ChorusTesting
import NIOCore
import Testing
import WebSocketWire

@Suite("Another configuration while a server runs")
struct ReconfigureTests {
    @Test("origins and limits hold for those who come then, and who is there stays")
    func changes() async throws {
        try await serve(routes: { $0.relay(at: "/ws/{topic}") }) { test in
            let first = try await test.client("/ws/a")
            var page = WebSocketClientConfiguration()
            page.headers = [("Origin", "https://example.com")]
            await #expect(throws: WebSocketClientError.self) {
                try await TestClient.connect(to: test.url("/ws/a"), configuration: page)
            }
            var configuration = test.server.configuration
            configuration.origins = .allowed(["https://example.com"])
            configuration.limits.messageSize = 5
            configuration.limits.connections = 2
            try test.server.reconfigure(configuration)
            #expect(test.server.configuration.limits.messageSize == 5)

            let second = try await TestClient.connect(to: test.url("/ws/a"), configuration: page)
            await #expect(throws: WebSocketClientError.self) { try await test.client("/ws/a") }
            try await first.send("hello")
            for client in [first, second] { try await client.expect("hello") }
            try await second.send("too much")
            try await second.expectClose(.messageTooBig)
            // the limit of before, which was its when it came
            try await first.send("not too much")
            try await first.expect("not too much")
        }
    }

    @Test(
        "what only a new server can have is refused, and nothing changes",
        arguments: ["host", "port", "Unix socket", "TLS files", "event loops", "keep-alive"]
    )
    func fixed(_ name: String) throws {
        let server = BroadcastServer(port: 0)
        var configuration = server.configuration
        configuration.limits.messageSize = 5
        switch name {
        case "host": configuration.host = "0.0.0.0"
        case "port": configuration.port = 1
        case "Unix socket": configuration.unixSocketPath = "/x"
        case "TLS files": configuration.tls = .init(certificateChain: "a", privateKey: "b")
        case "event loops": configuration.eventLoops = 7
        default: configuration.keepAlive = nil
        }
        let error = #expect(throws: ChorusError.self) { try server.reconfigure(configuration) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains(name) == true)
        #expect(server.configuration.limits.messageSize == 1 << 20)
    }

    @Test("before it runs, a server takes it too")
    func before() async throws {
        let server = BroadcastServer(port: 0)
        var configuration = server.configuration
        configuration.limits.headerCount = 1
        try server.reconfigure(configuration)
        server.relay(at: "/ws")
        try await TestServer.run(server) { test in
            let client = try await test.raw()
            try await client.send("GET /ws HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n\r\n")
            #expect(try await client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 431 "))
        }
    }
}
