import Chorus
import ChorusCore
import ChorusTesting
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Testing

@Suite("Mounted in a Hummingbird application")
struct MountedTests {
    /// Runs an application with Chorus in it, on a free port.
    private func run(
        _ builder: HTTPServerBuilder,
        _ body: @escaping @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        let log = Recorder()
        let ports = Notes<Int>()
        let router = Router()
        router.get("/hello") { _, _ in "hello\n" }
        router.post("/upload") { request, _ in
            var size = 0
            for try await piece in request.body { size += piece.readableBytes }
            return "\(size)"
        }
        let app = Application(
            router: router,
            server: builder,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in ports.note(channel.localAddress?.port ?? 0) },
            logger: log.logger
        )
        let group = ServiceGroup(configuration: .init(services: [.init(service: app)], logger: Logger(label: "test")))
        try await Turnstile.servers.pass {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let result = await Task { try await body(try await ports.next()) }.result
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                try result.get()
            }
        }
    }

    @Test("one line relays a topic for every path, and the router answers the rest")
    func relay() async throws {
        let hub = Hub()
        try await run(.chorus(hub, at: "/ws/{topic}")) { port in
            let a = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws/a")
            let b = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws/b")
            try await a.send("hi")
            try await a.expect("hi")
            try await hub.publish("from the program", to: try TopicName("b"))
            try await b.expect("from the program")
            try await a.expectNothing()
            let raw = try await RawClient.connect(port: port)
            let request = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
            for _ in 0..<3 { #expect(try await raw.ask(request).body == "hello\n") }
            let upload = "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345"
            #expect(try await raw.ask(upload).body == "5")
            #expect(try await raw.ask("GET /none HTTP/1.1\r\nHost: x\r\n\r\n").status == 404)
            #expect(hub.sessionCount == 2)
        }
    }

    @Test("handlers, hooks and limits work as in a server of their own")
    func handlers() async throws {
        let ended = Notes<CloseReason>()
        var configuration = BroadcastServer.Configuration()
        configuration.limits.messageSize = 100
        let server = BroadcastServer(configuration: configuration)
        server.webSocket("/ws") { [server] client in
            for await text in client.texts { server.broadcast("\(client.request.remoteAddress ?? "") \(text)") }
        }
        server.onConnect { request in if request.query["no"] != nil { throw Refusal(status: 401, "no") } }
        server.onDisconnect { _, reason in ended.note(reason) }
        try await run(.chorus(server)) { port in
            let client = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws")
            try await client.send("hi")
            try await client.expect("127.0.0.1 hi")
            try await client.send(String(repeating: "x", count: 101))
            try await client.expectClose(.messageTooBig)
            #expect(try await ended.next().code == .messageTooBig)
            let raw = try await RawClient.connect(port: port)
            try await raw.send(RawSocket.request("/ws?no"))
            try await raw.expectRefusal(401)
        }
    }

    @Test("an upgrade on a connection that the router has used works too")
    func laterUpgrade() async throws {
        try await run(.chorus(Hub(), at: "/ws")) { port in
            let raw = try await RawClient.connect(port: port)
            #expect(try await raw.ask("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n").body == "hello\n")
            let socket = try await RawSocket.open(raw)
            try await socket.send(.text("hi"))
            try await socket.expect("hi")
        }
    }

    @Test("when the application stops, clients are told 1001 after what was accepted")
    func stops() async throws {
        let hub = Hub()
        let clients = Notes<[TestClient]>()
        try await run(.chorus(hub, at: "/ws/{topic}")) { port in
            var all: [TestClient] = []
            for _ in 0..<5 { all.append(try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws/a")) }
            let idle = try await RawClient.connect(port: port)
            #expect(try await idle.ask("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n").status == 200)
            for number in 0..<100 { try await hub.publish("\(number)", to: try TopicName("a")) }
            clients.note(all)
        }
        for client in try await clients.next() {
            try await client.expect((0..<100).map(String.init))
            try await client.expectClose(.goingAway)
        }
        #expect(hub.sessionCount == 0)
    }
}
