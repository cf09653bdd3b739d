import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Testing
import WebSocketWire

@Suite("The HTTP API: unsubscribe and disconnect")
struct APIClientsTests {
    private func serve(_ body: @escaping @Sendable (TestServer, APIClient) async throws -> Void) async throws {
        try await serveAPI(
            configure: { $0.eventLoops = 2 },
            routes: { server in
                server.relayTopics()
                server.authenticate { $0.query["user"] }
                server.webSocket("/three") { client in
                    for name in ["a", "b", "c"] { await (try server.hub.topic(name)).join(client) }
                    client.send("in")
                    for await _ in client.texts {}
                }
            },
            body
        )
    }

    /// A client of `room`, and its identifier.
    private func client(_ test: TestServer, _ user: String) async throws -> (TestClient, String) {
        let client = try await test.client("/ws/kept:1?format=json\(user)")
        return (client, try #require(try await client.notice("subscribed")["session"]?.string))
    }

    @Test("a user's connections are ended with 4503, or with the code and the words that are given")
    func disconnect() async throws {
        try await serve { test, api in
            let bystander = try await test.client("/ws/room?user=bob")
            let cases: [(fields: String, code: UInt16, reason: String)] = [
                ("", 4503, "disconnected by the server"), (#","disconnect":null"#, 4503, "disconnected by the server"),
                (#","disconnect":{}"#, 4503, "disconnected by the server"),
                (#","disconnect":{"code":0,"reason":""}"#, 4503, "disconnected by the server"),
                (#","disconnect":{"reason":"bye"}"#, 4503, "bye"),
                (#","disconnect":{"code":3000,"reason":"low"}"#, 3000, "low"),
                (#","disconnect":{"code":4999}"#, 4999, ""),
            ]
            for (fields, code, reason) in cases {
                let clients = try await test.clients(3, "/ws/room?user=ann")
                #expect(try await api.result("disconnect", #"{"user":"ann"\#(fields)}"#) == [:])
                for client in clients {
                    #expect(try await client.expectClose(WebSocketCloseCode(rawValue: code)).reason == reason)
                }
            }
            try await bystander.send("still here")
            try await bystander.expect("still here")
        }
    }

    @Test("client and session narrow it, the whitelist spares, and who is not there is no error")
    func narrowed() async throws {
        try await serve { test, api in
            let (first, firstID) = try await client(test, "&user=ann")
            let (second, secondID) = try await client(test, "&user=ann")
            let (third, thirdID) = try await client(test, "&user=ann")
            for body in [
                #"{"user":"bob","client":"\#(firstID)"}"#, #"{"user":"","client":"\#(firstID)"}"#,
                #"{"user":"ann","client":"\#(firstID)","session":"\#(secondID)"}"#,
                #"{"user":"ann","client":"81e9c4a2-7d1b-4b0a-8d0e-111111111111"}"#, #"{"user":"eve"}"#,
                #"{"user":"ann","whitelist":["\#(firstID)","\#(secondID)","\#(thirdID)","x"]}"#,
            ] { #expect(try await api.result("disconnect", body) == [:]) }
            try await test.expectSessions(3)
            try await api.result("disconnect", #"{"user":"ann","client":"\#(firstID)","session":""}"#)
            try await first.expectClose(.disconnected)
            try await api.result("disconnect", #"{"user":"ann","session":"\#(secondID)"}"#)
            try await second.expectClose(.disconnected)
            try await test.expectSessions(1)
            try await api.result("disconnect", #"{"user":"ann","whitelist":["\#(firstID)"]}"#)
            try await third.expectClose(.disconnected)
        }
    }

    @Test("an empty user stands for all of whom nobody has said who they are")
    func anonymous() async throws {
        try await serve { test, api in
            let ann = try await test.client("/ws/room?user=ann")
            // more than an event loop looks at without a break
            let nobody = try await test.clients(600, "/ws/room")
            try await api.result("disconnect", #"{"user":""}"#)
            for client in nobody { try await client.expectClose(.disconnected) }
            try await ann.send("hi")
            try await ann.expect("hi")
        }
    }

    @Test("a user is taken out of a topic, or of all")
    func unsubscribe() async throws {
        try await serve { test, api in
            let three = try await test.client("/three?user=ann")
            try await three.expect("in")
            let other = try await test.client("/three?user=bob")
            try await other.expect("in")
            try await api.result("unsubscribe", #"{"user":"ann","channel":"a"}"#)
            try await api.result("unsubscribe", #"{"user":"ann","channel":"a"}"#)
            for name in ["a", "b"] { try await api.result("publish", #"{"channel":"\#(name)","data":"\#(name)"}"#) }
            try await three.expect("b")
            try await other.expect(["a", "b"])
            try await api.result("unsubscribe", #"{"user":"ann","channel":""}"#)
            for name in ["a", "b", "c"] {
                try await api.result("publish", #"{"channel":"\#(name)","data":"\#(name)"}"#)
            }
            // what goes to all comes through no topic that has a name
            test.hub.broadcast("all")
            try await three.expect("all")
            try await other.expect(["a", "b", "c", "all"])
        }
    }

    @Test("a relay's client that is taken out of its topic is told so, and its connection ends")
    func unsubscribeRelay() async throws {
        try await serve { test, api in
            let (first, id) = try await client(test, "&user=ann")
            let (second, _) = try await client(test, "&user=ann")
            try await api.result("unsubscribe", #"{"user":"ann","channel":"kept:1","client":"\#(id)"}"#)
            #expect(try await first.notice("unsubscribed")["topic"] == "kept:1")
            try await first.expectClose(.disconnected)
            try await api.result("publish", #"{"channel":"kept:1","data":"x"}"#)
            #expect(try await second.published()["data"] == "x")
        }
    }

    /// A request that is wrong, and what is said of it.
    static let mistakes: [(method: String, body: String, words: String)] = [
        ("disconnect", "{}", "user is missing"),
        ("disconnect", #"{"user":"ann","disconnect":{"code":1000}}"#, "code is 3000 to 4999"),
        ("disconnect", #"{"user":"ann","disconnect":{"code":5000}}"#, "code is 3000 to 4999"),
        ("disconnect", #"{"user":"ann","disconnect":{"code":65536}}"#, "code is a whole number"),
        (
            "disconnect", #"{"user":"ann","disconnect":{"reason":"\#(String(repeating: "é", count: 62))"}}"#,
            "reason has at most 123 bytes"
        ),
        ("disconnect", #"{"user":"ann","whitelist":["a",7]}"#, "whitelist is an array of strings"),
        ("unsubscribe", #"{"user":"ann"}"#, "channel is missing"),
        ("unsubscribe", #"{"channel":"a"}"#, "user is missing"),
        ("unsubscribe", #"{"user":"ann","channel":"\u0000"}"#, "control characters"),
    ]

    @Test("what is wrong is 107, and nobody is disturbed", arguments: mistakes)
    func wrong(_ method: String, _ body: String, _ words: String) async throws {
        try await serve { test, api in
            let client = try await test.client("/ws/a?user=ann")
            let answer = try await api.ask(method, body)
            #expect(answer.code == 107)
            #expect(answer.message.contains(words), "\(answer.message)")
            try await client.send("hi")
            try await client.expect("hi")
        }
    }

    @Test(
        "what would narrow it, and is not there, is 108: nobody else is to be hit",
        arguments: [#""label_filter":{"key":"a"}"#, #""label_filter":"a""#, #""all_users":true"#]
    )
    func notThere(_ field: String) async throws {
        try await serve { test, api in
            let client = try await test.client("/ws/a?user=ann")
            for method in ["disconnect", "unsubscribe"] {
                let answer = try await api.ask(method, #"{"user":"ann","channel":"a",\#(field)}"#)
                #expect(answer.code == 108)
            }
            try await client.send("hi")
            try await client.expect("hi")
            let nothing = #"{"user":"eve","label_filter":null,"all_users":false}"#
            #expect(try await api.result("disconnect", nothing) == [:])
        }
    }
}
