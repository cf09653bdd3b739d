import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import NIOCore
import Testing
import WebSocketWire

@Suite("A callback")
struct CallbackTests {
    @Test("it is called for every message and may answer, broadcast and close")
    func verbs() async throws {
        try await serve(routes: { server in
            server.onMessage("/ws/{name}") { client, message in
                let name = client.parameters["name"] ?? ""
                switch message.text {
                case "echo": client.send("\(name), you said so")
                case "all": server.broadcast("\(name) to all")
                case "others": server.broadcast("\(name) to others", except: client)
                case "bye": client.close(.init(rawValue: 3000), reason: "bye \(name)")
                default: client.send(message)
                }
            }
        }) { test in
            let ada = try await test.client("/ws/ada")
            let bob = try await test.client("/ws/bob")
            try await ada.send("echo")
            try await ada.expect("ada, you said so")
            try await ada.send("all")
            for client in [ada, bob] { try await client.expect("ada to all") }
            try await bob.send("others")
            try await ada.expect("bob to others")
            try await bob.send(ByteBuffer(bytes: [1, 2]))
            try await bob.expect(ByteBuffer(bytes: [1, 2]))
            try await bob.send("bye")
            #expect(try await bob.expectClose(.init(rawValue: 3000)).reason == "bye bob")
            try await ada.expectNothing()
            try await test.expectSessions(1)
        }
    }

    @Test("messages that come together are handled in order, up to the one that closes")
    func together() async throws {
        let notes = Notes<String>()
        try await serve(routes: { server in
            server.onMessage("/ws") { client, message in
                notes.note(message.text)
                if message.text == "stop" { client.close() }
            }
        }) { test in
            let socket = try await RawSocket.open(try await test.raw())
            try await socket.send(.text("1"), .text("2"), .text("stop"), .text("3"))
            try await socket.expectClose(1000)
            notes.note("end")
            #expect(try await notes.next(4) == ["1", "2", "stop", "end"])
        }
    }

    @Test("answers to many messages all come, in order")
    func manyAnswers() async throws {
        try await serve(routes: { server in
            server.onMessage("/ws") { client, message in client.send(message) }
        }) { test in
            let client = TestClient(try await test.client().connection, limit: 30)
            let reading = Task { try await client.collect(3000).compactMap(\.text) }
            for number in 0..<3000 { try await client.send("\(number)") }
            #expect(try await reading.value == (0..<3000).map(String.init))
        }
    }

    @Test("broadcasts from callbacks reach all in one order")
    func oneOrder() async throws {
        try await serve(
            configure: { $0.eventLoops = 3 },
            routes: { server in
                server.onMessage("/ws") { client, message in server.broadcast("\(client.id): \(message.text)") }
            }
        ) { test in
            let clients = try await test.clients(6).map { TestClient($0.connection, limit: 30) }
            let seen = try await withThrowingTaskGroup(of: [String].self) { group in
                for client in clients {
                    group.addTask {
                        async let texts = client.collect(6 * 50)
                        for number in 0..<50 { try await client.send("\(number)") }
                        return try await texts.compactMap(\.text)
                    }
                }
                return try await group.reduce(into: [[String]]()) { $0.append($1) }
            }
            #expect(Set(seen).count == 1)
            #expect(Set(seen[0]).count == 300)
        }
    }

    @Test("it publishes to topics, and is told what cannot be published")
    func topics() async throws {
        let hub = Hub(configuration: .init(defaults: Namespace(messageSize: 10)))
        try await serve(
            hub: hub,
            routes: { server in
                server.relayTopics()
                server.onMessage("/to/{topic}") { client, message in
                    guard let topic = try? hub.topic(client.parameters["topic"] ?? "") else { return }
                    if !client.publish(message, to: topic) { client.send("not \(message.text)") }
                }
            }
        ) { test in
            let reader = try await test.client("/ws/news")
            let writer = try await test.client("/to/news")
            try await writer.send("one")
            try await writer.send("far too long")
            try await writer.send(ByteBuffer(bytes: [2]))
            try await writer.expect("not far too long")
            try await reader.expect("one")
            try await reader.expect(ByteBuffer(bytes: [2]))
        }
    }

    @Test("a client whose messages it publishes is slowed to what readers take, and loses nothing", arguments: [1, 2])
    func slowed(_ eventLoops: Int) async throws {
        let window = Window(messages: 100, bytes: 64 << 10)
        let hub = Hub(configuration: .init(defaults: Namespace(window: window)))
        let refused = Notes<String>()
        try await serve(
            hub: hub,
            configure: { $0.eventLoops = eventLoops },
            routes: { server in
                server.relayTopics()
                server.onMessage("/pub") { client, message in
                    guard let topic = try? hub.topic("numbers") else { return }
                    if !client.publish(message, to: topic) { refused.note(message.text) }
                }
            }
        ) { test in
            let reader = try await RawSocket.open(try await test.raw(), "/ws/numbers")
            let writer = try await RawSocket.open(try await test.raw(), "/pub")
            let reading = Task { try await reader.readNumbered(to: 5000) }
            for start in stride(from: 0, to: 5000, by: 500) {
                try await writer.client.send(Numbered.clientFrames(start..<start + 500))
            }
            #expect(try await reading.value.numbers == 0..<5000)
            #expect(hub.keptBytes <= 3 * window.bytes)
            refused.note("end")
            #expect(try await refused.next() == "end")
        }
    }
}
