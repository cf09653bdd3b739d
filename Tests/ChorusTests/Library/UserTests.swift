import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import Testing
import WebSocketWire

@Suite("Users")
struct UserTests {
    private func serve(_ body: @escaping @Sendable (TestServer) async throws -> Void) async throws {
        try await ChorusTests.serve(
            configure: { $0.eventLoops = 2 },
            routes: { server in
                server.relayTopics()
                server.authenticate { $0.query["user"] }
                server.webSocket("/two") { client in
                    for name in ["a", "b"] { await (try server.hub.topic(name)).join(client) }
                    client.send("in")
                    for await _ in client.texts {}
                }
            },
            body
        )
    }

    @Test("a message to a user reaches all his sessions and nobody else, and says how many")
    func send() async throws {
        try await serve { test in
            let mine = try await test.clients(5, "/ws/room?user=ann")
            let other = try await test.client("/ws/room?user=bob")
            let told = try await test.toldClient("/ws/room?user=ann&format=json")
            #expect(await test.hub.send("hello", toUser: "ann") == 6)
            #expect(await test.hub.send("hello", toUser: "eve") == 0)
            for client in mine { try await client.expect("hello") }
            let line = try await told.line()
            #expect(line.data == "hello")
            #expect(line.topic == nil)
            try await other.expectNothing()
        }
    }

    @Test("a user who is disconnected is told why, everywhere; others stay")
    func disconnect() async throws {
        try await serve { test in
            let mine = try await test.clients(3, "/ws/room?user=ann")
            let other = try await test.client("/ws/room?user=bob")
            #expect(await test.hub.disconnect(user: "ann", reason: "be gone") == 3)
            for client in mine {
                #expect(try await client.expectClose(.disconnected).reason == "be gone")
            }
            try await test.expectSessions(1)
            #expect(await test.hub.send("anybody?", toUser: "ann") == 0)
            try await other.send("still here")
            try await other.expect("still here")
        }
    }

    @Test("what was sent before goes out before the last words")
    func lastWords() async throws {
        try await serve { test in
            let client = try await RawSocket.open(try await test.raw(receiveBuffer: 4096), "/ws/room?user=ann")
            try await client.client.stopReading()
            for _ in 0..<20 { await test.hub.send(String(repeating: "x", count: 2000), toUser: "ann") }
            await test.hub.send("you are banned", toUser: "ann")
            await test.hub.disconnect(user: "ann")
            try await client.client.startReading()
            for _ in 0..<20 { #expect(try await client.next().text.count == 2000) }
            try await client.expect("you are banned")
            _ = try await client.expectClose(4503)
        }
    }

    @Test("a user who is taken out of a topic hears it no more; where it was all there was, the connection ends")
    func unsubscribe() async throws {
        try await serve { test in
            let topic = try TopicName("a")
            let handler = try await test.client("/two?user=ann")
            try await handler.expect("in")
            let relay = try await test.client("/ws/a?user=ann")
            let told = try await test.toldClient("/ws/a?user=ann&format=json")
            #expect(await test.hub.unsubscribe(user: "ann", from: topic) == 3)
            #expect(await test.hub.unsubscribe(user: "ann", from: topic) == 0)
            try await relay.expectClose(.disconnected)
            let line = try await told.line()
            #expect(line.notice == "unsubscribed")
            #expect(line.topic == "a")
            try await told.expectClose(.disconnected)
            try await test.publish("1", to: "a")
            try await test.publish("2", to: "b")
            try await handler.expect("2")
        }
    }

    @Test("one session can be taken out of a topic")
    func unsubscribeSession() async throws {
        try await serve { test in
            let topic = try TopicName("a")
            let clients = try await test.clients(4, "/ws/a")
            let sessions = await test.hub.connections.list()
            #expect(await test.hub.unsubscribe(sessions[0].id, from: topic))
            #expect(await !test.hub.unsubscribe(sessions[0].id, from: topic))
            try await test.expectSessions(3)
            try await test.publish("hi", to: "a")
            var closed = 0
            for client in clients {
                if await client.connection.messages.first(where: { _ in true })?.text == nil { closed += 1 }
            }
            #expect(closed == 1)
        }
    }
}
