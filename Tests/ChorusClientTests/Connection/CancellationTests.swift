import ChorusClient
import ChorusTesting
import NIOCore
import Testing
import WebSocketWire

@Suite("A cancelled task")
struct CancellationTests {
    @Test("gets no message, and takes none away from the next one")
    func receiving() async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            let connection = client.connection
            let peer = try await server.nextPeer()
            let task = Task {
                var count = 0
                for await _ in connection.messages { count += 1 }
                return count
            }
            peer.send("one")
            // The task has taken it by the time a ping comes back, or it will not any more.
            _ = try await connection.ping()
            task.cancel()
            let count = try await withTimeout(10, "the end of the loop") { await task.value }
            for number in 0..<100 { peer.send("\(number)") }
            if count == 0 { try await client.expect("one") }
            try await client.expect((0..<100).map { "\($0)" })
            try await client.close()
        }
    }

    @Test("stops waiting for the socket, and the message is whole or not there at all")
    func sending() async throws {
        var script = ScriptedServer.Script()
        script.deflate = false
        try await ScriptedServer.run(script) { server in
            let client = try await TestClient.connect(to: server.url(), limit: 30)
            let connection = client.connection
            let peer = try await server.nextPeer()
            try await peer.stopReading()
            let big = ByteBuffer(repeating: 7, count: 12 << 20)
            let task = Task { try await connection.send(big) }
            task.cancel()
            let error = await #expect(throws: WebSocketClientError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            try await peer.startReading()
            try await client.send("after")
            var next = try await peer.next()
            if next == .received(.message(WebSocketMessage(kind: .binary, payload: big))) {
                next = try await peer.next()
            }
            #expect(next == .received(.message(WebSocketMessage(kind: .text, payload: ByteBuffer(string: "after")))))
            try await client.close()
        }
    }

    @Test("does not take the messages along that are behind its own")
    func sendingBehind() async throws {
        var script = ScriptedServer.Script()
        script.deflate = false
        try await ScriptedServer.run(script) { server in
            let client = try await TestClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            try await peer.stopReading()
            let big = WebSocketMessage(kind: .binary, payload: ByteBuffer(repeating: 7, count: 12 << 20))
            let small = WebSocketMessage(kind: .text, payload: ByteBuffer(string: "small"))
            let eventLoop = client.connection.channel.eventLoop
            let cancelled = eventLoop.makePromise(of: Void.self)
            let sent = eventLoop.makePromise(of: Void.self)
            // Both wait for the socket when the first one is given up, and the last bytes of it go out with the second.
            try await eventLoop.submit { [handler = client.connection.handler] in
                handler.value.send(big, written: cancelled)
                handler.value.send(small, written: sent)
                cancelled.fail(CancellationError())
            }.get()
            try await peer.startReading()
            try await sent.futureResult.get()
            let isWhole = try await peer.next() == .received(.message(big))
            #expect(isWhole)
            try await peer.expect(.received(.message(small)))
            try await client.close()
        }
    }

    @Test("stops waiting for a pong")
    func pinging() async throws {
        var script = ScriptedServer.Script()
        script.answersPings = false
        try await ScriptedServer.run(script) { server in
            let client = try await TestClient.connect(to: server.url())
            let connection = client.connection
            let task = Task { try await connection.ping() }
            let peer = try await server.nextPeer()
            guard case .received(.ping(let payload)) = try await peer.next() else { throw TestFailure("no ping") }
            task.cancel()
            let error = await #expect(throws: WebSocketClientError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            // The late answer does no harm.
            peer.send(.pong, payload)
            peer.send("still here")
            try await client.expect("still here")
            try await client.close()
        }
    }

    @Test("stops waiting for the end, which comes all the same if it closes")
    func closing() async throws {
        var script = ScriptedServer.Script()
        script.answersClose = false
        try await ScriptedServer.run(script) { server in
            let client = try await TestClient.connect(to: server.url())
            let connection = client.connection
            let peer = try await server.nextPeer()
            let waiting = Task { await connection.waitForClose() }
            waiting.cancel()
            #expect(await waiting.value.error?.code == .cancelled)
            #expect(connection.closeReason == nil)
            let closing = Task { await connection.close(reason: "bye") }
            try await peer.expect(.received(.close(.normal, reason: "bye")))
            closing.cancel()
            await closing.value
            #expect(connection.closeReason == nil)
            peer.close(.normal)
            try await client.expectClose(.normal)
        }
    }
}
