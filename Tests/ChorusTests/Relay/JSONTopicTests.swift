import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("Topics of JSON")
struct JSONTopicTests {
    private static func hub() -> Hub {
        Hub(
            configuration: .init(namespaces: [
                Namespace("json", history: .last(100), payload: .json),
                Namespace("closed", publishers: .server, payload: .json),
                Namespace("small", payload: .json, messageSize: 10),
            ])
        )
    }

    /// What a client sends, what plain clients get, and what stands in envelopes.
    static let values: [(sent: String, plain: String, envelope: JSON)] = [
        (#"{"a":[1,2]}"#, #"{"a":[1,2]}"#, ["a": [1, 2]]),
        (" {\"a b\" : [ 1,\n2 ],\t\"c\" : null }\r\n", #"{"a b":[1,2],"c":null}"#, ["a b": [1, 2], "c": .null]),
        (#"{"a": " x ", "b": "\" \\"}"#, #"{"a":" x ","b":"\" \\"}"#, ["a": " x ", "b": "\" \\"]), ("[ ]", "[]", []),
        ("1.50", "1.50", 1.5), (" -0 ", "-0", 0), ("true", "true", true), ("null", "null", .null),
        (#""hi""#, "hi", "hi"), (#" "" "#, "", ""), (#""\u0041\n\"\ud83d\ude00""#, "A\n\"\u{1F600}", "A\n\"\u{1F600}"),
        (#""{\"a\":1}""#, #"{"a":1}"#, #"{"a":1}"#), ("\"é\"", "é", "é"),
    ]

    @Test("a value arrives as itself without white space, a string as a text; now and from the past", arguments: values)
    func arrives(_ sent: String, _ plain: String, _ envelope: JSON) async throws {
        try await serve(hub: Self.hub()) { test in
            let reader = try await test.client("/ws/json:1")
            let told = try await test.client("/ws/json:1?format=json")
            try await told.send(sent)
            try await reader.expect(plain)
            let line = try await told.published()
            #expect(line["data"] == envelope)
            #expect(line["encoding"] == nil)
            try await (try await test.client("/ws/json:1?last=1")).expect(plain)
            let late = try await test.client("/ws/json:1?last=1&format=json")
            #expect(try await late.published()["data"] == envelope)
        }
    }

    static let noJSON = [
        "hi", "", " ", "{", "[1,]", #"{"a":1} x"#, #"{"a":1}{}"#, "{a:1}", "'a'", "NaN", "01", "\u{FEFF}1", "\"\n\"",
        #""\x""#, String(repeating: "[", count: 129) + String(repeating: "]", count: 129),
    ]

    @Test("what is no JSON is refused: by a notice, or with 1007; nobody else gets anything", arguments: noJSON)
    func refused(_ text: String) async throws {
        try await serve(hub: Self.hub()) { test in
            let reader = try await test.client("/ws/json:1")
            let told = try await test.client("/ws/json:1?format=json")
            try await told.send(text)
            let notice = try await told.notice("refused")
            #expect(notice["code"] == "not_json")
            #expect(notice["topic"] == "json:1")
            #expect(notice["reason"]?.string?.hasPrefix("a message to this topic is JSON: ") == true)
            let plain = try await test.client("/ws/json:1")
            try await plain.send(text)
            let reason = try await plain.expectClose(.invalidPayload)
            #expect(JSON.text(reason.reason) == notice["reason"])
            // who was told may go on
            try await told.send("1")
            #expect(try await told.published()["data"] == 1)
            try await reader.expect("1")
            try await reader.expectNothing()
        }
    }

    @Test("binary is refused, also where its bytes are JSON")
    func binary() async throws {
        try await serve(hub: Self.hub()) { test in
            let told = try await test.client("/ws/json:1?format=json")
            let plain = try await test.client("/ws/json:1")
            for client in [told, plain] { try await client.send(ByteBuffer(string: "[1]")) }
            #expect(try await told.notice("refused")["code"] == "not_json")
            #expect(try await plain.expectClose(.invalidPayload).reason.contains("binary"))
            #expect(try await test.hub.history(of: TopicName("json:1"), limit: 0).position.offset == 0)
        }
    }

    @Test("128 deep, and in pieces, is taken")
    func deep() async throws {
        try await serve(hub: Self.hub()) { test in
            let reader = try await test.client("/ws/json:1")
            let text = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
            let socket = try await RawSocket.open(try await test.raw(), "/ws/json:1")
            try await socket.send(.text(String(text.prefix(100)), fin: false), .more(Array(text.utf8.dropFirst(100))))
            try await reader.expect(text)
        }
    }

    @Test("onPublish is asked about what has been checked, and about nothing else")
    func hook() async throws {
        let asked = Notes<Message>()
        try await serve(
            hub: Self.hub(),
            routes: { server in
                server.relayTopics()
                server.onPublish { request in
                    asked.note(request.message)
                    return request.message
                }
            }
        ) { test in
            let client = try await test.client("/ws/json:1?format=json")
            for text in ["no", #" {"a" : 1} "#, #" "hi" "#] { try await client.send(text) }
            let first = try await client.notice("refused")
            #expect(first["code"] == "not_json")
            #expect(first["message"] == 1)
            let messages = try await asked.next(2)
            #expect(messages.map(\.kind) == [.json, .text])
            #expect(messages.map(\.text) == [#"{"a":1}"#, "hi"])
            #expect(try await client.published()["data"] == ["a": 1])
            #expect(try await client.published()["data"] == "hi")
            // which one it was is said, whatever became of the others
            try await client.send("yes?")
            #expect(try await client.notice("refused")["message"] == 4)
        }
    }

    @Test("who may not publish, or publishes too much, is told that, whatever it is")
    func otherRefusals() async throws {
        try await serve(hub: Self.hub()) { test in
            let closed = try await test.client("/ws/closed:1?format=json")
            for text in ["no", "1"] {
                try await closed.send(text)
                #expect(try await closed.notice("refused")["code"] == "not_permitted")
            }
            let small = try await test.client("/ws/small:1?format=json")
            try await small.send("[1234567890]")
            #expect(try await small.notice("refused")["code"] == "message_too_large")
            try await small.send("[12345678]")
            #expect(try await small.published()["data"] == [12_345_678])
        }
    }

    @Test("other topics take what comes")
    func others() async throws {
        try await serve(hub: Self.hub()) { test in
            let client = try await test.client("/ws/jsonless")
            for text in ["hi", "{", #" {"a" : 1} "#, #""hi""#] {
                try await client.send(text)
                try await client.expect(text)
            }
        }
    }
}
