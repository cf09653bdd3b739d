import Chorus
import ChorusClient
import ChorusTesting
import NIOCore
import Synchronization
import Testing

@Suite("onConnect")
struct ConnectHookTests {
    private struct Broken: Error {}

    /// A server whose hook says that it was asked, and answers when the gate is open.
    private func serveDeciding(
        _ body: @escaping @Sendable (TestServer, Notes<Void>, Gate) async throws -> Void
    ) async throws {
        let gate = Gate()
        let asked = Notes<Void>()
        try await serve(routes: { server in
            server.relayTopics()
            server.onConnect { _ in
                asked.note(())
                await gate.pass()
            }
        }) { test in try await body(test, asked, gate) }
    }

    @Test("a refusal has the hook's status and words, and nothing is opened", arguments: [401, 403, 404, 429, 503])
    func refusal(_ status: Int) async throws {
        try await serve(routes: { server in
            server.relayTopics()
            server.onConnect { request in
                if request.query["key"] != "secret" { throw Refusal(status: status, "Not you.") }
            }
        }) { test in
            let client = try await test.raw()
            try await client.send(RawSocket.request("/ws?key=wrong"))
            #expect(try await client.expectRefusal(status).body == "Not you.\n")
            #expect(test.hub.sessionCount == 0)
            let welcome = try await test.client("/ws?key=secret")
            try await welcome.send("hi")
            try await welcome.expect("Message: hi")
        }
    }

    @Test("a status that is no refusal is taken as 403", arguments: [0, 101, 200, 302, 399, 600])
    func oddStatus(_ status: Int) {
        #expect(Refusal(status: status, "no").status == 403)
    }

    @Test("any other error is 500, without its words")
    func otherError() async throws {
        let log = Recorder()
        try await serve(
            log: log,
            routes: { server in
                server.relayTopics()
                server.onConnect { _ in throw Broken() }
            }
        ) { test in
            for _ in 0..<3 {
                let client = try await test.raw()
                try await client.send(RawSocket.request("/ws"))
                #expect(try await !client.expectRefusal(500).body.contains("Broken"))
            }
        }
        // once a minute
        #expect(log.remarks == [#"error: a hook failed ["chorus.error": Broken()]"#])
    }

    @Test("it sees path, query, placeholders, headers and address")
    func request() async throws {
        let notes = Notes<[String?]>()
        try await serve(routes: { server in
            server.relayTopics()
            server.onConnect { request in
                notes.note([
                    request.path, request.query["a"], request.parameters["topic"], request.header("COOKIE"),
                    request.remoteAddress,
                ])
            }
        }) { test in
            _ = try await RawSocket.open(try await test.raw(), "/ws/x%79?a=%31", "Cookie: c=d\r\n")
            #expect(try await notes.next() == ["/ws/x%79", "1", "xy", "c=d", "127.0.0.1"])
        }
    }

    @Test("it is asked about WebSockets only, and not about bad ones")
    func notAsked() async throws {
        let calls = Mutex(0)
        try await serve(routes: { server in
            server.relayTopics()
            server.onConnect { _ in calls.withLock { $0 += 1 } }
        }) { test in
            for request in [
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n", RawSocket.request("/none"), RawSocket.request("/ws/%00"),
            ] {
                _ = try await (try await test.raw()).ask(request)
            }
            #expect(calls.withLock { $0 } == 0)
        }
    }

    @Test("frames that come while it decides are not lost")
    func earlyFrames() async throws {
        try await serveDeciding { test, asked, gate in
            let client = try await test.raw()
            var bytes = ByteBuffer(string: RawSocket.request("/ws"))
            bytes.writeImmutableBuffer(ClientFrame.text("one").bytes)
            try await client.send(bytes)
            _ = try await asked.next()
            try await client.send(ClientFrame.text("two").bytes)
            gate.open()
            _ = try await client.read(through: "\r\n\r\n")
            let socket = RawSocket(client: client)
            try await socket.expect("Message: one")
            try await socket.expect("Message: two")
        }
    }

    @Test("one that takes longer than it may is cut off with 503, and cancelled")
    func slow() async throws {
        let gate = Gate()
        let log = Recorder()
        let cancelled = Notes<Bool>()
        try await serve(
            log: log,
            configure: { $0.limits.hookTime = .milliseconds(300) },
            routes: { server in
                server.relayTopics()
                server.onConnect { request in
                    guard request.query["slow"] != nil else { return }
                    await gate.pass()
                    cancelled.note(Task.isCancelled)
                }
            }
        ) { test in
            let client = try await test.raw()
            try await client.send(RawSocket.request("/ws?slow"))
            let quick = try await test.client()
            try await client.expectRefusal(503)
            gate.open()
            #expect(try await cancelled.next())
            try await quick.send("hi")
            try await quick.expect("Message: hi")
            #expect(test.hub.sessionCount == 1)
        }
    }

    @Test("a client that floods while it decides is not read further")
    func flood() async throws {
        let gate = Gate()
        let sent = Gate()
        try await serve(routes: { server in
            server.echo()
            server.relayTopics()
            server.onConnect { request in if request.query["slow"] != nil { await gate.pass() } }
        }) { test in
            let client = try await test.raw()
            try await client.send(RawSocket.request("/ws?slow"))
            let sending = Task {
                for _ in 0..<512 { try await client.send(ByteBuffer(repeating: 0, count: 64 << 10)) }
                sent.open()
            }
            let other = try await test.client("/echo")
            for number in 0..<300 {
                try await other.send("\(number)")
                try await other.expect("\(number)")
            }
            #expect(!sent.isOpen)
            sending.cancel()
            try await client.reset()
            gate.open()
        }
    }

    @Test("a client that leaves while it decides opens nothing")
    func leaves() async throws {
        try await serveDeciding { test, asked, gate in
            let client = try await test.raw()
            try await client.send(RawSocket.request("/ws"))
            _ = try await asked.next()
            try await client.reset()
            try await test.expectConnections(0)
            gate.open()
            let second = try await test.raw()
            try await second.send(RawSocket.request("/ws"))
            _ = try await asked.next()
            _ = try await second.read(through: "\r\n\r\n")
            #expect(test.hub.sessionCount == 1)
            try await second.reset()
        }
    }
}
