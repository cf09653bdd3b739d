import Chorus
import ChorusTesting
import Hummingbird
import NIOCore
import Testing

@Suite("A WebSocket on a connection that has spoken HTTP")
struct LaterUpgradeTests {
    @Test("it is opened as on a new one")
    func later() async throws {
        try await serve(router: HTTPTests.router()) { test in
            let other = try await test.client()
            for requests in 1...3 {
                let client = try await test.raw()
                for _ in 0..<requests { #expect(try await client.ask(HTTPTests.get).body == "hello\n") }
                let socket = try await RawSocket.open(client)
                try await socket.send(.text("hi"))
                try await socket.expect("Message: hi")
                try await other.expect("Message: hi")
                try await socket.send(.close())
                try await socket.expectClose(1000)
            }
            try await test.expectSessions(1)
        }
    }

    @Test("it is not closed when an HTTP connection would be idle")
    func notIdle() async throws {
        try await serve(router: HTTPTests.router(), configure: { $0.limits.httpIdleTime = .milliseconds(200) }) {
            test in
            let client = try await test.raw()
            #expect(try await client.ask(HTTPTests.get).status == 200)
            let socket = try await RawSocket.open(client)
            // others that are closed for that show that the time has gone by
            for _ in 0..<2 {
                let idle = try await test.raw()
                #expect(try await idle.ask(HTTPTests.get).status == 200)
                _ = try await idle.readToEnd()
            }
            try await socket.send(.text("hi"))
            try await socket.expect("Message: hi")
        }
    }

    @Test("frames may come together with its request")
    func earlyFrames() async throws {
        try await serve(router: HTTPTests.router()) { test in
            for precedes in [false, true] {
                let client = try await test.raw()
                if precedes { _ = try await client.ask(HTTPTests.get) }
                var bytes = ByteBuffer(string: RawSocket.request("/ws"))
                bytes.writeImmutableBuffer(ClientFrame.text("one").bytes)
                bytes.writeImmutableBuffer(ClientFrame.text("two").bytes)
                try await client.send(bytes)
                #expect(try await client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
                for text in ["Message: one", "Message: two"] { try await RawSocket(client: client).expect(text) }
                try await client.close()
                try await test.expectSessions(0)
            }
        }
    }

    @Test("when it is asked for before the answers have come, it waits for them", arguments: [0, 1, 40])
    func pipelined(_ early: Int) async throws {
        let gate = Gate()
        let router = HTTPTests.router()
        router.get("/slow") { _, _ in
            await gate.pass()
            return "slow\n"
        }
        try await serve(router: router) { test in
            let client = try await test.raw()
            try await client.send(
                HTTPTests.get + HTTPTests.get.replacing("/hello", with: "/slow") + RawSocket.request("/ws")
            )
            #expect(try await client.reply().body == "hello\n")
            for number in 0..<early { try await client.send(ClientFrame.text("\(number)").bytes) }
            gate.open()
            #expect(try await client.reply().body == "slow\n")
            #expect(try await client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
            let socket = RawSocket(client: client)
            try await socket.send(.text("last"))
            for number in 0..<early { try await socket.expect("Message: \(number)") }
            try await socket.expect("Message: last")
        }
    }

    @Test("it is refused as on a new one, after the answers before it")
    func refused() async throws {
        try await serve(
            router: HTTPTests.router(),
            routes: { server in
                server.relayTopics()
                server.onConnect { request in if request.query["no"] != nil { throw Refusal(status: 401, "No.") } }
            }
        ) { test in
            for (path, status) in [("/ws/%00", 400), ("/ws?no", 401)] {
                let client = try await test.raw()
                _ = try await client.ask(HTTPTests.get)
                try await client.send(HTTPTests.get + RawSocket.request(path))
                #expect(try await client.reply().body == "hello\n")
                try await client.expectRefusal(status)
            }
        }
    }

    @Test("a hook may take its time")
    func slowHook() async throws {
        let gate = Gate()
        try await serve(
            router: HTTPTests.router(),
            routes: { server in
                server.relayTopics()
                server.onConnect { _ in await gate.pass() }
            }
        ) { test in
            let client = try await test.raw()
            _ = try await client.ask(HTTPTests.get)
            try await client.send(RawSocket.request("/ws"))
            try await client.send(ClientFrame.text("early").bytes)
            gate.open()
            #expect(try await client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
            try await RawSocket(client: client).expect("Message: early")
        }
    }

    @Test("an upgrade for the router waits for its turn, and for what comes before it")
    func routersUpgrade() async throws {
        let gate = Gate()
        let router = HTTPTests.router()
        router.get("/slow") { _, _ in
            await gate.pass()
            return "slow\n"
        }
        try await serve(router: router) { test in
            let client = try await test.raw()
            try await client.send(HTTPTests.get.replacing("/hello", with: "/slow"))
            try await client.send(RawSocket.request("/hello"))
            gate.open()
            #expect(try await client.reply().body == "slow\n")
            #expect(try await client.reply().body == "hello\n")
        }
    }

    @Test("an upgrade that is not for a WebSocket here stays HTTP")
    func otherUpgrades() async throws {
        try await serve(router: HTTPTests.router()) { test in
            let client = try await test.raw()
            let request = "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
            #expect(try await client.ask(request).body == "hello\n")
        }
    }
}
