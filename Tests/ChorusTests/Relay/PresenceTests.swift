import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import NIOCore
import Testing

@Suite("Presence over sockets")
struct PresenceTests {
    private static func hub(_ options: PresenceOptions = true) -> Hub {
        Hub(configuration: .init(defaults: Namespace(history: .last(10), presence: options)))
    }

    @Test("who is here is told at the beginning, then who joins and leaves")
    func told() async throws {
        try await serve(hub: Self.hub()) { test in
            let ann = try await test.client("/ws/room?format=json&name=Ann")
            let subscribed = try await ann.line()
            #expect(subscribed.notice == "subscribed")
            let present = try await ann.line()
            #expect(present.notice == "presence")
            #expect(present.members == [Line.Person(id: subscribed.session ?? "", info: .init(name: "Ann"))])
            let bob = try await test.client("/ws/room?name=Bob")
            let joined = try await ann.line()
            #expect(joined.notice == "join")
            #expect(joined.members?.first?.info?.name == "Bob")
            #expect(joined.sessions == 2)
            try await bob.send("hi")
            #expect(try await ann.line().data == "hi")
            try await bob.close()
            let left = try await ann.line()
            #expect(left.notice == "leave")
            #expect(left.members == joined.members)
        }
    }

    @Test("a name that is too long is refused, where it would be told")
    func badName() async throws {
        let path = "/ws/room?name=\(String(repeating: "x", count: 101))"
        try await serve(hub: Self.hub()) { test in
            let client = try await test.raw()
            try await client.send(RawSocket.request(path))
            try await client.expectRefusal(400)
            let nameless = try await test.client("/ws/room?name=")  // who is dropped here has gone before one asks
            #expect(try await test.hub.presence(in: TopicName("room")).map(\.info) == [nil])
            try await nameless.close()
        }
        try await serve { test in _ = try await test.client(path) }
    }

    @Test(
        "every end takes a member out",
        arguments: [
            "close", "reset", "finish", "protocol error", "silence", "disconnected", "unsubscribed", "the server stops",
        ]
    )
    func ends(_ end: String) async throws {
        try await serve(
            hub: Self.hub(PresenceOptions(grace: .milliseconds(20))),
            configure: { configuration in
                guard end == "silence" else { return }
                configuration.keepAlive = .init(interval: .milliseconds(200), timeout: .milliseconds(200))
            },
            routes: { server in
                server.relayTopics()
                server.authenticate { $0.query["user"] }
            }
        ) { test in
            let topic = try TopicName("room")
            let socket = try await RawSocket.open(try await test.raw(), "/ws/room?user=ann")
            if end != "silence" { #expect(try await test.hub.presenceCount(in: topic).sessions == 1) }
            switch end {
            case "close": try await socket.send(.close())
            case "reset": try await socket.client.reset()
            case "finish": try await socket.client.halfClose()
            case "protocol error": try await socket.client.send(ByteBuffer(bytes: [0xFF, 0xFF]))
            case "disconnected": await test.hub.disconnect(user: "ann")
            case "unsubscribed": await test.hub.unsubscribe(user: "ann", from: topic)
            case "the server stops": await test.stop()
            default: try await socket.client.stopReading()
            }
            try await eventually("nobody is there") { try await test.hub.presenceCount(in: topic).sessions == 0 }
        }
    }

    @Test("a handler's clients are members as whom it says, and a user's second window is the same user")
    func handler() async throws {
        try await serve(
            hub: Self.hub(PresenceOptions(isPerUser: true, grace: .milliseconds(100))),
            routes: { server in
                server.webSocket("/rooms/{room}", format: .envelope) { client in
                    let room = try server.hub.topic(client.parameters.require("room"))
                    try await room.join(client, from: .last(5), as: client.query["user"], info: ["colour": "red"])
                    for await text in client.texts { try await room.publish(text) }
                }
            }
        ) { test in
            let observer = try await test.client("/rooms/red?user=eve")
            #expect(try await observer.lines(2).map(\.notice) == ["subscribed", "presence"])
            let first = try await test.client("/rooms/red?user=ann")
            let joined = try await observer.line()
            #expect(joined.members?.map(\.id) == ["@ann"])
            #expect(joined.members?.map(\.info?.colour) == ["red"])
            let second = try await test.client("/rooms/red?user=ann")
            try await first.close()
            try await second.send("still here")
            #expect(try await observer.news().data == "still here")
            let room = try test.hub.topic("red")
            try await eventually("two sessions") {
                try await room.presenceCount == PresenceCount(sessions: 2, users: 2)
            }
            #expect(try await Set(room.presence.map(\.user)) == ["eve", "ann"])
            // the numbers have changed, and nobody has left
            try await second.send("and here")
            var lines: [Line] = []
            repeat { lines.append(try await observer.line()) } while lines.last?.data != "and here"
            #expect(!lines.contains { $0.notice == "leave" })
            try await second.close()
            repeat { lines.append(try await observer.line()) } while lines.last?.notice != "leave"
            #expect(lines.last?.members?.map(\.id) == ["@ann"])
        }
    }

    @Test("a storm of joins is told in few notices, and then as numbers")
    func storm() async throws {
        let options = PresenceOptions(interval: .milliseconds(100), listLimit: 20)
        try await serve(hub: Self.hub(options), configure: { $0.eventLoops = 2 }) { test in
            let observer = try await test.client("/ws/room?format=json")
            _ = try await observer.lines(2)
            let clock = ContinuousClock()
            let start = clock.now
            var clients: [TestClient] = []
            for _ in 0..<300 { clients.append(try await test.client("/ws/room")) }
            var notices: [Line] = []
            repeat { notices.append(try await observer.line()) } while notices.last?.sessions != 301
            let intervals = Int((clock.now - start) / .milliseconds(100)) + 1
            // joins and leaves are two notices
            #expect(notices.count <= 2 * (intervals + 1))
            #expect(notices.last?.notice == "presence")
            #expect(notices.last?.members == nil)
            #expect(notices.allSatisfy { $0.members?.count ?? 0 <= 40 })
        }
    }
}
