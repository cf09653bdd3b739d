import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import Testing

@Suite("onSubscribe and authenticate")
struct SubscribeHookTests {
    private struct Profile: Encodable { var name: String }

    private static func hub() -> Hub { Hub(configuration: .init(defaults: Namespace(presence: true))) }

    @Test("it sees topic, user and request, may refuse, and may say what presence says")
    func decides() async throws {
        try await serve(
            hub: Self.hub(),
            routes: { server in
                server.relayTopics()
                server.authenticate { $0.query["user"] }
                server.onSubscribe { request in
                    guard request.topic.description == "room:1", request.connection.query["key"] == "k" else {
                        throw Refusal(status: 402, "Not this one.")
                    }
                    guard let user = request.connection.user else { return .allowed }
                    return .allowed(info: Profile(name: user))
                }
            }
        ) { test in
            for path in ["/ws/room:1", "/ws/room:2?key=k"] {
                let client = try await test.raw()
                try await client.send(RawSocket.request(path))
                #expect(try await client.expectRefusal(402).body == "Not this one.\n")
            }
            let client = try await test.toldClient("/ws/room:1?key=k&user=ann&format=json")
            #expect(try await client.line().members?.map { [$0.user, $0.info?.name] } == [["ann", "ann"]])
            #expect(try await test.hub.presence(in: TopicName("room:1")).map(\.user) == ["ann"])
        }
    }

    @Test("who cannot say who it is can be refused by authenticate, and others are users to every hook and handler")
    func authenticate() async throws {
        let users = Notes<String?>()
        try await serve(routes: { server in
            server.authenticate { request in
                if request.query["token"] == "bad" { throw Refusal(status: 401, "Who are you?") }
                return request.query["token"]
            }
            server.onConnect { users.note($0.user) }
            server.webSocket("/who") { client in
                client.send(client.user ?? "nobody")
                for await _ in client.texts {}
            }
        }) { test in
            let bad = try await test.raw()
            try await bad.send(RawSocket.request("/who?token=bad"))
            #expect(try await bad.expectRefusal(401).body == "Who are you?\n")
            try await (try await test.client("/who?token=ann")).expect("ann")
            try await (try await test.client("/who")).expect("nobody")
            #expect(try await users.next(2) == ["ann", nil])
        }
    }

    @Test("what the hook says counts, and not what the client says of itself")
    func spoofing() async throws {
        try await serve(
            hub: Self.hub(),
            routes: { server in
                server.relayTopics()
                server.onSubscribe { _ in .allowed }
            }
        ) { test in
            let alice = try await test.client("/ws/room?name=alice")
            #expect(try await test.hub.presence(in: TopicName("room")).map(\.info) == [nil])
            try await alice.close()
        }
    }

    @Test("an empty name is none, and one that is too long is the program's mistake")
    func userNames() async throws {
        let log = Recorder()
        try await serve(
            log: log,
            routes: { server in
                server.authenticate { $0.query["user"] }
                server.webSocket("/who") { client in
                    client.send("\(client.user ?? "nobody") \(client.request.user ?? "nobody")")
                    for await _ in client.texts {}
                }
            }
        ) { test in
            try await (try await test.client("/who?user=")).expect("nobody nobody")
            try await (try await test.client("/who?user=ann")).expect("ann ann")
            let long = try await test.raw()
            try await long.send(RawSocket.request("/who?user=\(String(repeating: "u", count: 256))"))
            try await long.expectRefusal(500)
        }
        #expect(log.remarks.count == 1)
    }

    @Test("it is not asked where clients do not choose topics")
    func notAsked() async throws {
        try await serve(routes: { server in
            server.onSubscribe { _ in throw Refusal("never") }
            server.webSocket("/room") { client in
                await (try server.hub.topic("room")).join(client)
                client.send("in")
                for await _ in client.texts {}
            }
        }) { test in
            try await (try await test.client("/room")).expect("in")
        }
    }

    @Test("info that cannot be encoded is the program's mistake: 500")
    func notEncodable() async throws {
        let log = Recorder()
        try await serve(
            log: log,
            routes: { server in
                server.relayTopics()
                server.onSubscribe { _ in .allowed(info: Double.nan) }
            }
        ) { test in
            let client = try await test.raw()
            try await client.send(RawSocket.request("/ws/room"))
            try await client.expectRefusal(500)
        }
        #expect(log.remarks.count == 1)
    }
}
