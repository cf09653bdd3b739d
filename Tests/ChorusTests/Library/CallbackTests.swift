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
}
