import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import NIOCore
import Testing

@Suite("Rooms")
struct RoomTests {
    /// `/rooms/{room}`: everybody in the room hears it; the word `leave` leaves it and stays connected.
    private func rooms(_ server: BroadcastServer) {
        server.webSocket("/rooms/{room}") { client in
            let room = try server.hub.topic("chat:\(client.parameters.require("room"))")
            await room.join(client)
            client.send("joined")
            for await text in client.texts {
                if text == "leave" {
                    await room.leave(client)
                    client.send("left")
                } else {
                    try await room.publish(text)
                }
            }
        }
    }

    private func join(_ test: TestServer, _ room: String) async throws -> TestClient {
        let client = try await test.client("/rooms/\(room)")
        try await client.expect("joined")
        return client
    }

    @Test("a message reaches those who have joined its room, and nobody else")
    func publish() async throws {
        try await serve(routes: rooms) { test in
            let red = [try await join(test, "red"), try await join(test, "red")]
            let blue = try await join(test, "blue")
            try await red[0].send("hi")
            for client in red { try await client.expect("hi") }
            try await blue.expectNothing()
            #expect(test.hub.topicCount == 2)
        }
    }

    @Test("who joins from the past gets the last messages first, and one that wants too much is told")
    func past() async throws {
        let hub = Hub(configuration: .init(namespaces: [Namespace("chat", history: .last(10))]))
        try await serve(
            hub: hub,
            routes: { server in
                server.webSocket("/rooms/{room}") { client in
                    let room = try server.hub.topic("chat:\(client.parameters.require("room"))")
                    let since = client.query["since"].flatMap { Position($0) }
                    await room.join(client, from: since.map { .since($0) } ?? .last(3))
                    for await text in client.texts { try await room.publish(text) }
                }
            }
        ) { test in
            let room = try hub.topic("chat:red")
            let first = try #require(try await room.publish("1"))
            for number in 2...20 { try await room.publish("\(number)") }
            let client = try await test.client("/rooms/red")
            try await client.expect(["18", "19", "20"])
            try await client.send("21")
            try await client.expect("21")
            let back = try await test.client("/rooms/red?since=\(first.epoch):15")
            try await back.expect((16...21).map(String.init))
            let late = try await test.client("/rooms/red?since=\(first)")
            try await late.expectClose(.unrecoverable)
        }
    }

    @Test("a name that cannot be one is the client's mistake: it is told, and the log is not")
    func badName() async throws {
        try await serve(routes: rooms) { test in
            let client = try await test.client("/rooms/%00")
            let reason = try await client.expectClose(.policyViolation)
            #expect(reason.reason.contains("control characters"))
        }
    }

    @Test("who has left hears nothing more, and may still speak")
    func leave() async throws {
        try await serve(routes: rooms) { test in
            let stays = try await join(test, "red")
            let leaves = try await join(test, "red")
            try await leaves.send("leave")
            try await leaves.expect("left")
            try await leaves.send("from outside")
            try await stays.expect("from outside")
            try await leaves.expectNothing()
            #expect(test.hub.sessionCount == 2)
        }
    }

    @Test("the end of a connection leaves its rooms, and a room without members is forgotten")
    func end() async throws {
        try await serve(routes: rooms) { test in
            let clients = [try await join(test, "a"), try await join(test, "b"), try await join(test, "b")]
            #expect(test.hub.topicCount == 2)
            for client in clients { try await client.close() }
            try await eventually("no topics") { test.hub.topicCount == 0 }
        }
    }

    @Test("one client in many rooms hears each message once, and each room in its order")
    func manyRooms() async throws {
        try await serve(routes: { server in
            server.webSocket("/ws") { client in
                for number in 0..<20 {
                    let room = try server.hub.topic("room \(number)")
                    await room.join(client)
                    await room.join(client)
                }
                client.send("joined")
                _ = await client.waitForClose()
            }
        }) { test in
            let clients = try await test.clients(3).map { TestClient($0.connection, limit: 30) }
            for client in clients { try await client.expect("joined") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        for message in 0..<30 { try await test.publish("\(number) \(message)", to: "room \(number)") }
                    }
                }
                try await group.waitForAll()
            }
            for client in clients {
                let texts = try await client.collect(600).compactMap(\.text)
                for number in 0..<20 {
                    #expect(texts.filter { $0.hasPrefix("\(number) ") } == (0..<30).map { "\(number) \($0)" })
                }
                try await client.expectNothing()
            }
        }
    }

    @Test("a bad name is an error, at once", arguments: ["", "a\u{1}", String(repeating: "x", count: 256)])
    func badName(_ name: String) {
        let error = #expect(throws: ChorusError.self) { try Hub().topic(name) }
        #expect(error?.code == .invalidTopic)
    }

    @Test("joining and leaving for a client that is gone returns and does nothing")
    func gone() async throws {
        let notes = Notes<Client>()
        try await serve(routes: { server in
            server.webSocket("/ws") { client in
                notes.note(client)
                _ = await client.waitForClose()
            }
        }) { test in
            let peer = try await test.client()
            let client = try await notes.next()
            try await peer.close()
            try await test.expectSessions(0)
            let room = try test.hub.topic("late")
            await room.join(client)
            #expect(test.hub.topicCount == 0)
            await room.leave(client)
        }
    }
}
