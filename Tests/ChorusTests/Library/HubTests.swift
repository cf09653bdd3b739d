import Chorus
import ChorusCore
import ChorusTesting
import NIOCore
import Testing

@Suite("The hub in the program's hands")
struct HubTests {
    @Test("what is published reaches the topic's clients in the order of the calls")
    func publish() async throws {
        try await serve(configure: { $0.eventLoops = 2 }) { test in
            let clients = try await test.clients(4, "/ws/news")
            for number in 0..<200 { try await test.publish("\(number)", to: "news") }
            let topic = try TopicName("news")
            try await test.hub.publish(Message(.binary, ByteBuffer(bytes: [9])), to: topic)
            try await test.hub.publish(Message(.json, ByteBuffer(string: "[1]")), to: topic)
            for client in clients {
                try await client.expect((0..<200).map(String.init))
                try await client.expect(ByteBuffer(bytes: [9]))
                try await client.expect("[1]")
            }
        }
    }

    @Test("publishing where nobody listens is accepted and costs nothing")
    func nobody() async throws {
        try await serve { test in
            for number in 0..<100 { try await test.publish("x", to: "topic \(number)") }
            #expect(test.hub.topicCount == 0)
            #expect(test.hub.keptBytes == 0)
            #expect(test.hub.publishedCount == 100)
        }
    }

    @Test("a program follows a topic without a socket")
    func subscribe() async throws {
        try await serve { test in
            let messages = test.hub.subscribe(to: try TopicName("news"))
            let client = try await test.client("/ws/news")
            try await client.send("from a client")
            try await client.expect("from a client")
            try await test.publish("from the program", to: "news")
            let texts = try await withTimeout {
                var iterator = messages.makeAsyncIterator()
                return [try await iterator.next()?.text, try await iterator.next()?.text]
            }
            #expect(texts == ["from a client", "from the program"])
        }
    }

    @Test("counts follow what clients do")
    func counts() async throws {
        try await serve { test in
            #expect(test.hub.sessionCount == 0)
            #expect(test.hub.topicCount == 0)
            let a = try await test.clients(3, "/ws/a")
            let b = try await test.client("/ws/b")
            #expect(test.hub.sessionCount == 4)
            #expect(test.hub.topicCount == 2)
            for _ in 0..<5 { try await b.send("x") }
            try await b.expect(Array(repeating: "x", count: 5))
            #expect(test.hub.publishedCount == 5)
            try await b.close()
            try await eventually("one topic") { test.hub.topicCount == 1 }
            for client in a { try await client.close() }
            try await test.expectSessions(0)
            try await eventually("no topics") { test.hub.topicCount == 0 }
            #expect(await test.hub.counters().deliveries == 5)
        }
    }

    @Test("two servers with one hub are one audience")
    func sharedHub() async throws {
        let hub = Hub()
        try await serve(hub: hub) { first in
            let stays = try await first.client()
            try await serve(hub: hub) { second in
                let client = try await second.client()
                try await client.send("hi")
                for client in [stays, client] { try await client.expect("Message: hi") }
                #expect(hub.sessionCount == 2)
            }
            try await first.expectSessions(1)
            try await stays.send("alone")
            try await stays.expect("Message: alone")
        }
    }

    @Test("a hub outlives its servers, also those with threads of their own")
    func successors() async throws {
        let hub = Hub()
        for _ in 0..<3 {
            try await serve(hub: hub, configure: { $0.eventLoops = 2 }) { test in
                let clients = try await test.clients(3)
                try await clients[0].send("hi")
                for client in clients { try await client.expect("Message: hi") }
            }
            #expect(hub.sessionCount == 0)
            #expect(try await withTimeout { await hub.connections.list() }.isEmpty)
        }
        try await serve(hub: hub) { test in
            let client = try await test.client()
            try await client.send("hi")
            try await client.expect("Message: hi")
        }
    }

    @Test("connections can be counted and listed, with the topics that they follow, from all event loops")
    func connections() async throws {
        try await serve(
            configure: { $0.eventLoops = 2 },
            routes: { server in
                server.relayTopics()
                server.relay(at: "/all/{topic}")
            }
        ) { test in
            let paths = ["/ws", "/ws/news", "/ws/news", "/all/sport"]
            var clients: [TestClient] = []
            for path in paths { clients.append(try await test.client(path)) }
            #expect(test.hub.connections.count == 4)
            let list = await test.hub.connections.list()
            #expect(list.map { $0.topics.joined(separator: " ") }.sorted() == ["lobby", "news", "news", "sport"])
            #expect(Set(list.map(\.id)).count == 4)
            try await clients[0].close()
            try await test.expectSessions(3)
            #expect(await test.hub.connections.list().count == 3)
        }
    }

    @Test("a value is published as JSON, or it is said that it cannot be")
    func encodable() async throws {
        struct Score: Encodable {
            var home = 1
            var away = 2
            var name = "a/b"
        }
        try await serve { test in
            let client = try await test.client("/ws/scores")
            let topic = try test.hub.topic("scores")
            try await topic.publish(Score())
            try await test.hub.publish([1, 2], to: topic.name)
            try await topic.publish(Message(json: ["a": true], key: "k"))
            try await client.expect([#"{"away":2,"home":1,"name":"a/b"}"#, "[1,2]", #"{"a":true}"#])
            let error = await #expect(throws: ChorusError.self) { try await topic.publish(Double.nan) }
            #expect(error?.code == .notEncodable)
            try await client.expectNothing()
        }
    }

    @Test("relay(at:) makes a topic of any path, whose clients hear broadcasts too")
    func relayAtPath() async throws {
        try await serve(routes: { server in
            server.relay(at: "/rooms/{topic}")
            server.relay(at: "/lobby")
        }) { test in
            let room = try await test.client("/rooms/7")
            let lobby = try await test.client("/lobby")
            try await room.send("a")
            try await room.expect("a")
            try await lobby.send("b")
            try await lobby.expect("b")
            try await test.publish("c", to: "7")
            try await room.expect("c")
            test.server.broadcast("all")
            for client in [room, lobby] {
                try await client.expect("all")
                try await client.expectNothing()
            }
        }
    }
}
