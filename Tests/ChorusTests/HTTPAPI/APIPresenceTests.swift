import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Testing

@Suite("The HTTP API: presence and info")
struct APIPresenceTests {
    private func serve(
        limits: HTTPAPI.Limits = HTTPAPI.Limits(),
        _ body: @escaping @Sendable (TestServer, APIClient) async throws -> Void
    ) async throws {
        try await serveAPI(
            limits: limits,
            routes: { server in
                server.relayTopics()
                server.authenticate { $0.query["user"] }
            },
            body
        )
    }

    @Test("what was said of a connection, as by its token, stands beside what was said for the topic")
    func connectionInfo() async throws {
        try await serveAPI(
            routes: { $0.centrifuge(at: "/connection/websocket", .init(tokens: SpokenTokens())) }
        ) { test, api in
            let ann = try await test.centrifuge()
            let connect = try await ann.result(#""connect":{"token":"ann;info={\"nick\":\"A\"}"}"#)
            let client = try #require(connect["client"])
            let own: JSON = ["user": "ann", "client": client, "conn_info": ["nick": "A"]]
            try await ann.result(#""subscribe":{"channel":"kept:1"}"#)
            let present = try await api.result("presence", #"{"channel":"kept:1"}"#)["presence"]
            #expect(present?.fields.values.elementsEqual([own]) ?? false)
            try await ann.result(#""publish":{"channel":"kept:1","data":1}"#)
            let history = try await api.result("history", #"{"channel":"kept:1","limit":1}"#)
            #expect(history["publications"]?.elements.first?["info"] == own)
        }
    }

    @Test("who is there is named by the identifier of the client, with user and what was said of it")
    func presence() async throws {
        try await serve { test, api in
            #expect(try await api.result("presence", #"{"channel":"kept:1"}"#) == ["presence": [:]])
            let ann = try await test.client("/ws/kept:1?format=json&user=ann&name=A%22nn")
            let session = try #require(try await ann.notice("subscribed")["session"]?.string)
            let nobody = try await test.client("/ws/kept:1")
            _ = try await test.client("/ws/kept:2?user=bob")
            let result = try await api.result("presence", #"{"channel":"kept:1"}"#)
            var present = try #require(result["presence"]).fields
            let own = present.removeValue(forKey: session)
            #expect(own == ["user": "ann", "client": .text(session), "chan_info": ["name": "A\"nn"]])
            let other = try #require(present.first)
            #expect(present.count == 1)
            #expect(other.value == ["user": "", "client": .text(other.key)])
            try await nobody.close()
            try await eventually("one is left") {
                let result = try await api.result("presence", #"{"channel":"kept:1"}"#)
                return result["presence"]?.fields.keys.sorted() == [session]
            }
        }
    }

    @Test("how many are there, and how many users they are")
    func stats() async throws {
        try await serve { test, api in
            @Sendable func ask() async throws -> JSON {
                try await api.result("presence_stats", #"{"channel":"kept:1"}"#)
            }
            #expect(try await ask() == ["num_clients": 0, "num_users": 0])
            let clients = try await test.clients(3, "/ws/kept:1?user=ann") + test.clients(2, "/ws/kept:1")
            #expect(try await ask() == ["num_clients": 5, "num_users": 2])
            try await clients[4].close()
            try await eventually("one has gone") { try await ask()["num_clients"] == 4 }
        }
    }

    @Test("more members than the limits allow are 108, and still counted")
    func tooMany() async throws {
        var limits = HTTPAPI.Limits()
        limits.members = 2
        try await serve(limits: limits) { test, api in
            let first = try await test.clients(2, "/ws/kept:1")
            #expect(try await api.result("presence", #"{"channel":"kept:1"}"#)["presence"]?.fields.count == 2)
            let last = try await test.client("/ws/kept:1")
            #expect(try await api.ask("presence", #"{"channel":"kept:1"}"#).code == 108)
            #expect(try await api.result("presence_stats", #"{"channel":"kept:1"}"#)["num_clients"] == 3)
            _ = (first, last)
        }
    }

    @Test(
        "a topic without presence, or without history, is 108",
        arguments: ["presence", "presence_stats", "history"]
    )
    func notAvailable(_ method: String) async throws {
        try await serve { _, api in
            for topic in ["room", "small:1"] {
                let answer = try await api.ask(method, #"{"channel":"\#(topic)","limit":1}"#)
                #expect(answer.status == 200)
                #expect(answer.code == 108)
                #expect(answer.message.hasPrefix("not available"), "\(answer.message)")
                #expect(answer.result == nil)
            }
        }
    }

    @Test("info says what this server is, and how much it has to do", arguments: ["", "{}", " { } "])
    func info(_ body: String) async throws {
        try await serve { test, api in
            let clients = try await test.clients(2, "/ws/kept:1?user=ann") + test.clients(1, "/ws/kept:2")
            let nodes = try #require(try await api.result("info", body)["nodes"]).elements
            try #require(nodes.count == 1)
            #expect(nodes[0]["name"] == "chorus")
            #expect(nodes[0]["version"] == .text(BroadcastServer.version))
            #expect(nodes[0]["num_clients"] == 3)
            #expect(nodes[0]["num_users"] == 1)
            #expect(nodes[0]["num_channels"] == 2)
            #expect(nodes[0]["num_subs"] == 3)
            #expect(0...600 ~= nodes[0]["uptime"]?.int ?? -1)
            let process = try #require(nodes[0]["process"])
            guard case .number(let cpu) = process["cpu"] else { throw TestFailure("no cpu: \(process)") }
            #expect(cpu >= 0)
            #expect(1 << 20...1 << 40 ~= process["rss"]?.int ?? 0)
            let uid = try #require(nodes[0]["uid"]?.string)
            #expect(!uid.isEmpty)
            #expect(try await api.result("info")["nodes"]?.elements.first?["uid"] == .text(uid))
            _ = clients
        }
    }
}
