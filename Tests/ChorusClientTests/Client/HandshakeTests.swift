import ChorusClient
import ChorusTesting
import Logging
import NIOCore
import Synchronization
import Testing
import WebSocketWire

@Suite("Opening a connection")
struct HandshakeTests {
    @Test("fails with the answer of a server that refuses")
    func refused() async throws {
        var script = ScriptedServer.Script()
        let field = HTTPHeaderField(name: "Retry-After", value: "7")
        script.answer = .refuse(HandshakeRefusal(status: 503, reason: "Come back later.", headers: [field]))
        try await ScriptedServer.run(script) { server in
            let error = try await failureToConnect(to: server.url())
            #expect(error.code == .handshakeRefused)
            #expect(error.response?.status == 503)
            #expect(error.response?.body == "Come back later.\n")
            #expect(error.response?.headers.contains(field) == true)
            #expect("\(error)".contains("503 Service Unavailable: Come back later."))
        }
    }

    @Test("does not follow redirects, but tells where to")
    func redirect() async throws {
        var script = ScriptedServer.Script()
        script.answer = .raw("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", hangUp: false)
        try await ScriptedServer.run(script) { server in
            let error = try await failureToConnect(to: server.url())
            #expect(error.response?.status == 302)
            #expect(error.response?.headers.contains(HTTPHeaderField(name: "Location", value: "/other")) == true)
        }
    }

    @Test("shows a refusal whose body was cut off")
    func cutRefusal() async throws {
        var script = ScriptedServer.Script()
        script.answer = .raw("HTTP/1.1 404 Not Found\r\nContent-Length: 400\r\n\r\nno such top", hangUp: true)
        try await ScriptedServer.run(script) { server in
            let error = try await failureToConnect(to: server.url())
            #expect(error.code == .handshakeRefused)
            #expect(error.response?.status == 404)
            #expect(error.response?.body == "no such top")
        }
    }

    @Test(
        "fails when the answer is not that of a WebSocket server",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        ]
    )
    func badAnswer(_ answer: String) async throws {
        var script = ScriptedServer.Script()
        script.answer = .raw(answer, hangUp: false)
        try await ScriptedServer.run(script) { server in
            let error = try await failureToConnect(to: server.url())
            #expect(error.code == .protocolError)
        }
    }

    @Test("fails when the server hangs up without an answer", arguments: ["", "HTTP/1.1 101 Swi"])
    func noAnswer(_ start: String) async throws {
        var script = ScriptedServer.Script()
        script.answer = .raw(start, hangUp: true)
        try await ScriptedServer.run(script) { server in
            let error = try await failureToConnect(to: server.url())
            #expect(error.code == .connectionClosed)
        }
    }

    @Test("fails when the server resets the connection instead of answering")
    func reset() async throws {
        var script = ScriptedServer.Script()
        script.answer = .ignore
        try await ScriptedServer.run(script) { server in
            async let failed = failureToConnect(to: server.url())
            try await server.nextPeer().reset()
            let error = try await failed
            #expect(error.code == .connectionClosed)
            #expect(error.cause != nil)
        }
    }

    @Test("fails in time when the server does not answer")
    func silence() async throws {
        var script = ScriptedServer.Script()
        script.answer = .ignore
        try await ScriptedServer.run(script) { server in
            let error = try await failureToConnect(to: server.url()) { $0.connectTimeout = .milliseconds(50) }
            #expect(error.code == .timedOut)
        }
    }

    @Test("fails when nobody listens")
    func nobody() async throws {
        // Not the port of a server that has just stopped, which another test may have by now.
        #expect(try await failureToConnect(to: "ws://127.0.0.1:1/").code == .connectionRefused)
        #expect(try await failureToConnect(to: "ws+unix:/tmp/chorus-there-is-no-such-socket:/").code == .cannotConnect)
    }

    @Test("leaves nothing behind when its task is cancelled")
    func cancelled() async throws {
        var script = ScriptedServer.Script()
        script.answer = .ignore
        try await ScriptedServer.run(script) { server in
            let url = server.url()
            var configuration = WebSocketClientConfiguration()
            // So that it is not this which ends the connection.
            configuration.connectTimeout = .seconds(3_600)
            let task = Task { [configuration] in
                try await WebSocketClient.connect(to: url, configuration: configuration)
            }
            let peer = try await server.nextPeer()
            task.cancel()
            let error = await #expect(throws: WebSocketClientError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            try await peer.wait(for: .closed)
        }
    }

    @Test("does not even begin when its task is cancelled already")
    func cancelledBefore() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await WebSocketClient.connect(to: "ws://127.0.0.1:1/")
        }
        let error = await #expect(throws: WebSocketClientError.self) { try await task.value }
        #expect(error?.code == .cancelled)
    }

    @Test("takes frames that came in the same packet as the answer")
    func greeting() async throws {
        var script = ScriptedServer.Script()
        WebSocketFrame.write(.text, ByteBuffer(string: "hello"), into: &script.greeting)
        WebSocketFrame.writeClose(.goingAway, into: &script.greeting)
        try await ScriptedServer.run(script) { server in
            let client = try await TestClient.connect(to: server.url())
            try await client.expect("hello")
            try await client.expectClose(.goingAway)
        }
    }

    @Test("works over a Unix domain socket")
    func unixSocket() async throws {
        let path = "/tmp/chorus-client-\(UInt32.random(in: 0 ... .max)).sock"
        try await ScriptedServer.run(.echo, unixSocketPath: path) { server in
            let client = try await TestClient.connect(to: server.url("/ws"))
            try await client.send("hi")
            try await client.expect("hi")
            #expect(try await server.nextPeer().head.target == "/ws")
            try await client.close()
        }
    }

    @Test("works with a name for an address")
    func name() async throws {
        try await ScriptedServer.run(.echo) { server in
            let client = try await TestClient.connect(to: server.url(host: "localhost"))
            try await client.send("hi")
            try await client.expect("hi")
            #expect(client.connection.remoteAddress?.port == server.port)
            try await client.close()
        }
    }

    @Test("tells the logger, without the query, and only at the level debug")
    func logging() async throws {
        let log = RecordingLog()
        try await ScriptedServer.run { server in
            let connection = try await WebSocketClient.connect(to: server.url("/ws?token=secret"), logger: log.logger)
            await connection.close()
        }
        _ = try? await WebSocketClient.connect(to: "ws://127.0.0.1:1/?token=secret", logger: log.logger)
        try await log.wait(for: 3)
        #expect(log.lines.map(\.level) == [.debug, .debug, .debug])
        #expect(!log.lines.contains { $0.text.contains("secret") })
    }
}
