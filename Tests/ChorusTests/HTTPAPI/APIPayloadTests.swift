import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("The HTTP API: payloads")
struct APIPayloadTests {
    /// What a request has, what a client of `/ws` gets, and what stands in the envelope.
    static let texts: [(request: String, plain: String, envelope: JSON)] = [
        (#""data":"hi""#, "hi", "hi"),
        (#""data":"""#, "", ""),
        (#""data":"\u00e9\ud83d\ude00\n\"\\""#, "é\u{1F600}\n\"\\", "é\u{1F600}\n\"\\"),
        (#""data":"half \ud800 of a pair""#, "half \u{FFFD} of a pair", "half \u{FFFD} of a pair"),
        (#""data":"{\"a\":1}""#, #"{"a":1}"#, #"{"a":1}"#),
        (
            #""data": { "a" : [1, {"b c": "x y"}], "c":null }"#, #"{"a":[1,{"b c":"x y"}],"c":null}"#,
            ["a": [1, ["b c": "x y"]], "c": .null]
        ),
        (#""data":[ ]"#, "[]", []),
        (#""data":1.50"#, "1.50", 1.5),
        (#""data":true"#, "true", true),
        (#""data":null"#, "null", .null),
        (#""data":"text","b64data":"""#, "text", "text"),
        (#""data":"text","b64data":null"#, "text", "text"),
    ]

    @Test("a string is a text, any other value is its JSON without white space", arguments: texts)
    func values(_ request: String, _ plain: String, _ envelope: JSON) async throws {
        try await serveAPI { test, api in
            let everybody = try await test.client("/ws")
            let told = try await test.client("/ws/lobby?format=json")
            #expect(try await api.result("publish", #"{"channel":"lobby",\#(request)}"#) == [:])
            try await everybody.expect(plain)
            let line = try await told.published()
            #expect(line["data"] == envelope)
            #expect(line["encoding"] == nil)
            #expect(line["topic"] == "lobby")
        }
    }

    @Test("base64 is a binary frame, and counts where there are both", arguments: ["", #""data":"text","#])
    func binary(_ other: String) async throws {
        try await serveAPI { test, api in
            let everybody = try await test.client("/ws")
            let told = try await test.client("/ws/lobby?format=json")
            try await api.result("publish", #"{"channel":"lobby",\#(other)"b64data":"AP8H"}"#)
            try await everybody.expect(ByteBuffer(bytes: [0, 255, 7]))
            let line = try await told.published()
            #expect(line["data"] == "AP8H")
            #expect(line["encoding"] == "base64")
        }
    }

    @Test("what a backend publishes looks like what a client publishes")
    func sameAsClients() async throws {
        try await serveAPI { test, api in
            let plain = try await test.client("/ws/room")
            let told = try await test.client("/ws/room?format=json")
            let publisher = try await test.client("/ws/room")
            try await publisher.send("hi")
            try await plain.expect("hi")
            try await api.result("publish", #"{"channel":"room","data":"hi"}"#)
            try await plain.expect("hi")
            try await publisher.send(ByteBuffer(bytes: [1, 2]))
            try await plain.expect(ByteBuffer(bytes: [1, 2]))
            try await api.result("publish", #"{"channel":"room","b64data":"AQI="}"#)
            try await plain.expect(ByteBuffer(bytes: [1, 2]))
            var lines: [[String: JSON]] = []
            for _ in 0..<4 { lines.append(try await told.published().fields.filter { $0.key != "time" }) }
            #expect(lines[0] == ["topic": "room", "data": "hi"])
            #expect(lines[1] == lines[0])
            #expect(lines[2] == ["topic": "room", "data": "AQI=", "encoding": "base64"])
            #expect(lines[3] == lines[2])
        }
    }

    @Test("key and tags travel along")
    func labels() async throws {
        try await serveAPI { test, api in
            let told = try await test.client("/ws/newest:1?format=json")
            for number in 1...3 {
                let key = number == 2 ? "b" : "a"
                let labels = #""key":"\#(key)","tags":{"n":"\#(number)","none":""}"#
                try await api.result("publish", #"{"channel":"newest:1","data":\#(number),\#(labels)}"#)
            }
            let line = try await told.published()
            #expect(line["key"] == "a")
            #expect(line["tags"] == ["n": "1", "none": ""])
            let late = try await test.client("/ws/newest:1?latest&format=json")
            _ = try await late.notice("latest")
            let newest = [try await late.published(), try await late.published()]
            #expect(newest.map { $0["data"] } == [2, 3])
            #expect(newest.map { $0["key"] } == ["b", "a"])
        }
    }

    @Test("a payload of exactly the limit is published, a larger one is 107, by the API's limit and the namespace's")
    func size() async throws {
        var limits = HTTPAPI.Limits()
        limits.messageSize = 100
        try await serveAPI(limits: limits) { test, api in
            for (topic, limit) in [("room", 100), ("small:1", 10)] {
                let reader = try await test.client("/ws/\(topic)")
                let most = String(repeating: "x", count: limit)
                try await api.result("publish", #"{"channel":"\#(topic)","data":"\#(most)"}"#)
                let answer = try await api.ask("publish", #"{"channel":"\#(topic)","data":"\#(most)x"}"#)
                #expect(answer.status == 200)
                #expect(answer.code == 107)
                #expect(answer.message.contains("\(limit)"), "\(answer.message)")
                // white space does not count, because it is not published
                let space = String(repeating: " ", count: 200)
                try await api.result("publish", #"{"channel":"\#(topic)","data":[1,\#(space)2]}"#)
                try await reader.expect([most, "[1,2]"])
            }
        }
    }
}
