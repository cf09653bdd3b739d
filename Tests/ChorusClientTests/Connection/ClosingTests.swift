import ChorusClient
import ChorusTesting
import NIOCore
import Testing
import WebSocketWire

@Suite("The end of a connection")
struct ClosingTests {
    @Test("begun by this side is answered by the server")
    func local() async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            await client.connection.close(code: WebSocketCloseCode(rawValue: 4_000), reason: "enough")
            try await peer.expect(.received(.close(WebSocketCloseCode(rawValue: 4_000), reason: "enough")))
            let reason = try await client.expectClose(WebSocketCloseCode(rawValue: 4_000))
            #expect(reason.reason == "enough")
            #expect(reason.endedBy == .local)
            #expect(reason.error == nil)
        }
    }

    @Test("begun by the server is answered by this side")
    func peer() async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            peer.close(.goingAway, "maintenance")
            let reason = try await client.expectClose(.goingAway)
            #expect(reason.reason == "maintenance")
            #expect(reason.endedBy == .peer)
            #expect(reason.description == "1001 maintenance (peer)")
            try await peer.expect(.received(.close(.goingAway, reason: "")))
        }
    }

    @Test("may come without a code")
    func noCode() async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            peer.close(nil)
            try await client.expectClose(.noStatus)
            try await peer.expect(.received(.close(nil, reason: "")))
        }
    }

    @Test("is awaited from the server, which hangs up first")
    func serverHangsUp() async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            try await peer.closeAndHalfClose(.normal)
            try await client.expectClose(.normal)
            try await peer.expect(.received(.close(.normal, reason: "")))
            try await peer.wait(for: .closed)
        }
    }

    @Test("does not wait for a server that leaves hanging up to the client")
    func clientHangsUp() async throws {
        var script = ScriptedServer.Script()
        script.answersClose = false
        try await ScriptedServer.run(script) { server in
            let client = try await TestClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            peer.close(.normal)
            try await client.expectClose(.normal)
            try await peer.wait(for: .closed)
        }
    }

    @Test("is cut when the server does not answer the close frame")
    func noAnswer() async throws {
        var script = ScriptedServer.Script()
        script.answersClose = false
        try await ScriptedServer.run(script) { server in
            var configuration = WebSocketClientConfiguration()
            configuration.closeTimeout = .milliseconds(50)
            let client = try await TestClient.connect(to: server.url(), configuration: configuration)
            try await client.close()
            let reason = try await client.expectClose(.normal)
            #expect(reason.endedBy == .local)
            #expect(reason.error?.code == .timedOut)
            try await server.nextPeer().wait(for: .closed)
        }
    }

    @Test("that comes as a FIN is reported as such, after all messages")
    func fin() async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            try await peer.send("last words").get()
            try await peer.hangUp()
            try await client.expect("last words")
            let reason = try await client.expectClose(.abnormal)
            #expect(reason.endedBy == .network)
            #expect(reason.error?.code == .connectionClosed)
            #expect(reason.error?.cause == nil)
        }
    }

    @Test("that comes while the consumer is behind loses nothing of what came before it")
    func behind() async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            // More than the inbox takes, and less than the sockets.
            let numbers = 0..<3 * Inbox.countLimit
            var frames = ByteBuffer()
            for number in numbers { WebSocketFrame.write(.text, ByteBuffer(string: "\(number)"), into: &frames) }
            try await peer.send(raw: frames).get()
            try await peer.hangUp()
            _ = try await withTimeout { await client.connection.waitForClose() }
            try await client.expect(numbers.map { "\($0)" })
            try await client.expectClose(.abnormal)
        }
    }

    @Test("that comes as a RST is reported with its error")
    func rst() async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            try await server.nextPeer().reset()
            let reason = try await client.expectClose(.abnormal)
            #expect(reason.endedBy == .network)
            #expect(reason.error?.code == .connectionClosed)
            #expect(reason.error?.cause is IOError)
        }
    }

    @Test("that cuts a message off does not deliver its half")
    func cutMessage() async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            peer.send("whole")
            var half = ByteBuffer()
            WebSocketFrame.writeHeader(.text, payloadSize: 10, into: &half)
            half.writeString("half")
            try await peer.send(raw: half).get()
            try await peer.hangUp()
            try await client.expect("whole")
            try await client.expectClose(.abnormal)
        }
    }

    struct Violation: Sendable {
        var bytes: [UInt8]
        var code: WebSocketCloseCode
    }

    @Test(
        "is this side's when the server breaks the protocol, and the server is told why",
        arguments: [
            Violation(bytes: [0x83, 0x00], code: .protocolError),
            Violation(bytes: [0x81, 0x80, 0, 0, 0, 0], code: .protocolError),
            Violation(bytes: [0x81, 0x01, 0xFF], code: .invalidPayload),
            Violation(bytes: [0x82, 0x7F, 0, 0, 0, 0, 0, 0x10, 0, 1], code: .messageTooBig),
            Violation(bytes: [0x88, 0x02, 0x03, 0xEC], code: .protocolError),
            Violation(bytes: [0xC1, 0x03, 0xFF, 0xFF, 0xFF], code: .invalidPayload),
        ]
    )
    func violation(_ violation: Violation) async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            peer.send(raw: ByteBuffer(bytes: violation.bytes))
            let reason = try await client.expectClose(violation.code)
            #expect(reason.endedBy == .local)
            #expect(reason.error?.code == .protocolError)
            try await peer.expect(.received(.close(violation.code, reason: reason.reason)))
        }
    }

    @Test("lets what was sent before it go out first")
    func sendsFirst() async throws {
        var script = ScriptedServer.Script()
        script.deflate = false
        try await ScriptedServer.run(script) { server in
            var configuration = WebSocketClientConfiguration()
            // On a machine that is busy with something else, everything takes long.
            configuration.closeTimeout = .seconds(60)
            let client = try await TestClient.connect(to: server.url(), configuration: configuration, limit: 60)
            let peer = try await server.nextPeer()
            try await peer.stopReading()
            let big = ByteBuffer(repeating: 1, count: 12 << 20)
            async let sent: Void = client.send(big)
            async let closed: Void = client.close()
            // Both are under way before anything is read.
            try await peer.startReading()
            _ = try? await sent
            try await closed
            let first = try await peer.next()
            // `close` may have come first, and then nothing is sent any more.
            if case .received(.message(let message)) = first {
                #expect(message.payload == big)
                try await peer.expect(.received(.close(.normal, reason: "")))
            } else {
                #expect(first == .received(.close(.normal, reason: "")))
            }
        }
    }

    @Test("is reached although nobody consumes the messages")
    func unconsumed() async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            for _ in 0..<4_096 { peer.send(.binary, ByteBuffer(repeating: 0, count: 4_096)) }
            try await client.send("I do not read")
            try await peer.expectText("I do not read")
            try await client.close()
            #expect(client.connection.closeReason?.code == .normal)
            var count = 0
            for await message in client.connection.messages {
                #expect(message.payload.readableBytes == 4_096)
                count += 1
            }
            #expect(count <= 2 * Inbox.byteLimit / 4_096)
        }
    }

    @Test("makes sending and pinging fail")
    func afterwards() async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            let connection = client.connection
            try await client.close()
            let sending = await #expect(throws: WebSocketClientError.self) { try await connection.send("x") }
            #expect(sending?.code == .connectionClosed)
            let pinging = await #expect(throws: WebSocketClientError.self) { try await connection.ping() }
            #expect(pinging?.code == .connectionClosed)
            await connection.close(code: .goingAway)
            #expect(connection.closeReason?.code == .normal)
        }
    }

    @Test("makes a ping fail that waits for its pong, and a send that waits for the socket")
    func whileWaiting() async throws {
        var script = ScriptedServer.Script()
        script.answersPings = false
        script.deflate = false
        try await ScriptedServer.run(script) { server in
            let client = try await TestClient.connect(to: server.url())
            let connection = client.connection
            let peer = try await server.nextPeer()
            let ping = Task { try await connection.ping() }
            guard case .received(.ping) = try await peer.next() else { throw TestFailure("no ping") }
            try await peer.stopReading()
            let send = Task { try await connection.send(ByteBuffer(repeating: 0, count: 12 << 20)) }
            try await peer.reset()
            for error in [
                await #expect(throws: WebSocketClientError.self) { _ = try await ping.value },
                await #expect(throws: WebSocketClientError.self) { try await send.value },
            ] {
                #expect(error?.code == .connectionClosed)
            }
        }
    }

    @Test("can be asked for by many at once")
    func manyClosers() async throws {
        try await ScriptedServer.run { server in
            let connection = try await WebSocketClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            try await withTimeout {
                await withTaskGroup { group in
                    for _ in 0..<10 { group.addTask { await connection.close() } }
                    for _ in 0..<10 { group.addTask { #expect(await connection.waitForClose().code == .normal) } }
                }
            }
            try await peer.expect(.received(.close(.normal, reason: "")))
            try await peer.expect(.closed)
        }
    }
}
