import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("Who published a message")
struct PublisherTests {
    private struct Profile: Encodable { var name: String }

    private static func hub(_ presence: PresenceOptions = true) -> Hub {
        Hub(configuration: .init(defaults: Namespace(history: .last(1000), latest: Latest(), presence: presence)))
    }

    /// Joins a topic, and finds out its own session.
    private static func join(_ test: TestServer, _ query: String = "") async throws -> (TestClient, JSON) {
        let client = try await test.client("/ws/room?format=json\(query)")
        let session = try await client.notice("subscribed")["session"]
        return (client, try #require(session))
    }

    @Test("is told by its session, and the name that it gave in the query")
    func told() async throws {
        try await serve(hub: Self.hub()) { test in
            let (ann, annSession) = try await Self.join(test, "&name=A%22nn")
            let (bob, bobSession) = try await Self.join(test)
            let plain = try await test.client("/ws/room")
            try await ann.send("from ann")
            for client in [ann, bob] {
                let line = try await client.published()
                #expect(line["data"] == "from ann")
                #expect(line["from"] == ["id": annSession, "info": ["name": "A\"nn"]])
            }
            try await bob.send(ByteBuffer(bytes: [1]))
            let line = try await ann.published()
            #expect(line["encoding"] == "base64")
            #expect(line["from"] == ["id": bobSession])
            // who gets no envelopes is told of by them all the same
            try await plain.expect("from ann")
            try await plain.expect(ByteBuffer(bytes: [1]))
            try await plain.send("from plain")
            let id = try #require(try await ann.published()["from"]?["id"]?.string)
            let members = try await test.hub.presence(in: TopicName("room"))
            #expect(Set(members.map(\.id)) == Set([annSession.string, bobSession.string, id].compactMap(\.self)))
            #expect(members.count == 3)
        }
    }

    @Test(
        "is told only where members are told of each other",
        arguments: [false, PresenceOptions(isTold: false)] as [PresenceOptions]
    )
    func untold(_ presence: PresenceOptions) async throws {
        try await serve(hub: Self.hub(presence)) { test in
            let (ann, _) = try await Self.join(test, "&name=Ann")
            try await ann.send("hi")
            #expect(try await ann.published()["from"] == nil)
            let page = try await test.hub.history(of: TopicName("room"))
            #expect(page.messages.map(\.publisher) == [nil])
        }
    }

    @Test("is nobody when the program has published")
    func program() async throws {
        try await serve(hub: Self.hub()) { test in
            let (ann, _) = try await Self.join(test)
            try await test.publish("from the program", to: "room")
            #expect(try await ann.published()["from"] == nil)
        }
    }

    @Test("is who the program says, whatever the query says", arguments: [true, false])
    func hooks(_ saysInfo: Bool) async throws {
        try await serve(
            hub: Self.hub(),
            routes: { server in
                server.relayTopics()
                server.authenticate { $0.query["user"] }
                server.onSubscribe { request in
                    saysInfo ? .allowed(info: Profile(name: "Dr. \(request.connection.user ?? "")")) : .allowed
                }
            }
        ) { test in
            let (ann, session) = try await Self.join(test, "&user=ann&name=Mallory")
            try await ann.send("hi")
            var expected: [String: JSON] = ["id": session, "user": "ann"]
            if saysInfo { expected["info"] = ["name": "Dr. ann"] }
            #expect(try await ann.published()["from"] == .object(expected))
        }
    }

    @Test("is known to onPublish, which may say somebody else, or nobody")
    func publishHook() async throws {
        let asked = Notes<Member?>()
        try await serve(
            hub: Self.hub(),
            routes: { server in
                server.relayTopics()
                server.onPublish { request in
                    asked.note(request.message.publisher)
                    var message = request.message
                    switch message.text {
                    case "nobody": message.publisher = nil
                    case "another": message.publisher = Member(id: "1", user: "eve", info: ByteBuffer(string: "[7]"))
                    default: break
                    }
                    return message
                }
            }
        ) { test in
            let (ann, session) = try await Self.join(test, "&name=Ann")
            let own: JSON = ["id": session, "info": ["name": "Ann"]]
            let other: JSON = ["id": "1", "user": "eve", "info": [7]]
            for (text, from) in [("own", own), ("nobody", nil), ("another", other)] as [(String, JSON?)] {
                try await ann.send(text)
                #expect(try await ann.published()["from"] == from)
            }
            let members = try await asked.next(3)
            #expect(members.map { $0?.id } == [session.string, session.string, session.string])
            #expect(members[0]?.info.map { String(buffer: $0) } == #"{"name":"Ann"}"#)
        }
    }

    @Test("is remembered in the history, over many messages and after it has left")
    func history() async throws {
        try await serve(hub: Self.hub()) { test in
            let (ann, annSession) = try await Self.join(test, "&name=Ann")
            let (bob, bobSession) = try await Self.join(test)
            let senders: [(from: JSON?, send: @Sendable (String) async throws -> Void)] = [
                (["id": annSession, "info": ["name": "Ann"]], { try await ann.send($0) }),
                (["id": bobSession], { try await bob.send($0) }),
                (nil, { try await test.publish($0, to: "room") }),
            ]
            // more than one segment holds
            for number in 0..<200 {
                try await senders[number % 3].send("\(number)")
                #expect(try await ann.published()["from"] == senders[number % 3].from)
            }
            for client in [ann, bob] { try await client.close() }
            try await test.expectSessions(0)
            let late = try await test.client("/ws/room?last=200&format=json")
            for number in 0..<200 {
                let line = try await late.published()
                #expect(line["data"] == .text("\(number)"))
                #expect(line["from"] == senders[number % 3].from)
            }
            let page = try await test.hub.history(of: TopicName("room"), limit: 3)
            #expect(page.messages.map { $0.publisher?.id } == [annSession.string, bobSession.string, nil])
        }
    }

    @Test("is remembered with the newest message of a key")
    func latest() async throws {
        try await serve(hub: Self.hub()) { test in
            let (ann, session) = try await Self.join(test)
            for text in ["old", "new"] {
                try await ann.send(text)
                _ = try await ann.published()
            }
            try await ann.close()
            let late = try await test.client("/ws/room?latest&format=json")
            let line = try await late.published()
            #expect(line["data"] == "new")
            #expect(line["from"] == ["id": session])
        }
    }

    @Test("is whom a handler publishes for")
    func handler() async throws {
        try await serve(
            hub: Self.hub(false),
            routes: { server in
                server.authenticate { $0.query["user"] }
                server.webSocket("/ws/{room}", format: .envelope) { client in
                    let room = try server.hub.topic(client.parameters.require("room"))
                    await room.join(client)
                    client.send("\(client.id)")
                    for await text in client.texts {
                        switch text {
                        case "named": try await room.publish(text, from: client, info: Profile(name: "Ann"))
                        case "bare": try await room.publish(Message(text, key: "k"), from: client)
                        default: try await room.publish(text)
                        }
                    }
                }
            }
        ) { test in
            let client = try await test.client("/ws/room?user=ann")
            let session = try #require(try await client.published()["data"])
            let named: JSON = ["id": session, "user": "ann", "info": ["name": "Ann"]]
            for (text, from) in [("named", named), ("bare", ["id": session, "user": "ann"]), ("x", nil)]
                as [(String, JSON?)]
            {
                try await client.send(text)
                let line = try await client.published()
                #expect(line["from"] == from)
                #expect(line["key"] == (text == "bare" ? "k" : nil))
            }
        }
    }

    @Test("counts against what topics keep")
    func cost() async throws {
        let broker = MemoryBroker()
        let hub = Hub(configuration: .init(defaults: Namespace(history: .last(1000))), broker: broker)
        let topic = try TopicName("room")
        var message = Message("x")
        for _ in 0..<100 { try await hub.publish(message, to: topic) }
        let before = broker.keptBytes
        message.publisher = Member(id: "a", info: ByteBuffer(repeating: UInt8(ascii: "1"), count: 1000))
        for _ in 0..<100 { try await hub.publish(message, to: topic) }
        #expect(broker.keptBytes > before + 100_000)
        broker.forget(topic)
        #expect(broker.keptBytes == 0)
    }
}
