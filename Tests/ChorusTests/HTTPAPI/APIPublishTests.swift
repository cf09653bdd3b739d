import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Testing

@Suite("The HTTP API: publish")
struct APIPublishTests {
    @Test("the answer has the message's position where the topic keeps messages, and nothing elsewhere")
    func position() async throws {
        try await serveAPI { test, api in
            let told = try await test.client("/ws/kept:1?format=json")
            let epoch = try await test.epoch(of: "kept:1")
            for number in 1...3 {
                let result = try await api.result("publish", #"{"channel":"kept:1","data":"\#(number)"}"#)
                #expect(result == ["offset": .number(Double(number)), "epoch": epoch])
                let line = try await told.published()
                #expect(line["offset"] == .number(Double(number)))
                #expect(line["epoch"]?.int.map { "\($0)" } == epoch.string)
                #expect(line["from"] == nil)
            }
            #expect(try await api.result("publish", #"{"channel":"room","data":"x"}"#) == [:])
        }
    }

    @Test("a message that skips the history is delivered, has no position, and is not found later")
    func skipHistory() async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/kept:1?format=json")
            try await api.result("publish", #"{"channel":"kept:1","data":"1","skip_history":false}"#)
            #expect(try await api.result("publish", #"{"channel":"kept:1","data":"-","skip_history":true}"#) == [:])
            let last = try await api.result("publish", #"{"channel":"kept:1","data":"2"}"#)
            #expect(last["offset"] == 2)
            var lines: [JSON] = []
            for _ in 0..<3 { lines.append(try await reader.published()) }
            #expect(lines.map { $0["data"] } == ["1", "-", "2"])
            #expect(lines.map { $0["offset"] } == [1, nil, 2])
            let late = try await test.client("/ws/kept:1?last=10")
            try await late.expect(["1", "2"])
            try await late.expectNothing()
        }
    }

    @Test(
        "a repeat with the same idempotency key is published once, and answered as the first",
        arguments: ["kept:1", "room"]
    )
    func idempotency(_ topic: String) async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/\(topic)")
            let other = try await test.client("/ws/other")
            func publish(_ data: String, _ key: String, to topic: String) async throws -> JSON {
                let fields = #""channel":"\#(topic)","data":"\#(data)","idempotency_key":"\#(key)""#
                return try await api.result("publish", "{\(fields)}")
            }
            let first = try await publish("1", "k", to: topic)
            #expect(try await publish("2", "k", to: topic) == first)
            #expect(try await publish("2", "k", to: topic) == first)
            // a key belongs to its topic, and an empty one is none
            _ = try await publish("3", "k", to: "other")
            for text in ["4", "5"] { _ = try await publish(text, "", to: topic) }
            _ = try await publish("6", "l", to: topic)
            try await reader.expect(["1", "4", "5", "6"])
            try await reader.expectNothing()
            try await other.expect("3")
        }
    }

    @Test("of several at once with the same idempotency key one is published")
    func idempotencyAtOnce() async throws {
        try await serveAPI { test, _ in
            let reader = try await test.client("/ws/kept:1")
            let results = try await withThrowingTaskGroup(of: JSON.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let body = #"{"channel":"kept:1","data":"\#(number)","idempotency_key":"k"}"#
                        return try await (try await test.api()).result("publish", body)
                    }
                }
                var results: [JSON] = []
                for try await result in group { results.append(result) }
                return results
            }
            #expect(results.allSatisfy { $0 == results[0] })
            #expect(results[0]["offset"] == 1)
            _ = try await reader.next()
            try await reader.expectNothing()
        }
    }

    @Test("a message that is not newer than the newest version of its epoch is not published, and that is no error")
    func version() async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/kept:1")
            // 0 is no version; what comes twice or late is not published
            let versions = [
                (#""version":5"#, true), (#""version":5"#, false), (#""version":4"#, false), (#""version":0"#, true),
                (#""version":6"#, true), (#""version":1,"version_epoch":"b""#, true),
                (#""version":1,"version_epoch":"b""#, false),
                (#""version":18446744073709551615,"version_epoch":"b""#, true),
            ]
            var expected: [String] = []
            for (number, (version, isPublished)) in versions.enumerated() {
                if isPublished { expected.append("\(number)") }
                let body = #"{"channel":"kept:1","data":"\#(number)",\#(version)}"#
                let result = try await api.result("publish", body)
                #expect(result["offset"] == .number(Double(expected.count)), "\(version)")
            }
            try await reader.expect(expected)
            try await reader.expectNothing()
        }
    }

    @Test(
        "a topic's name keeps its rules, and may be written with escapes",
        arguments: ["", "a\\u0000b", "\\n", "\\u0085"]
    )
    func names(_ name: String) async throws {
        try await serveAPI { test, api in
            #expect(try await api.ask("publish", #"{"channel":"\#(name)","data":1}"#).code == 107)
            let long = String(repeating: "x", count: 255)
            try await api.result("publish", #"{"channel":"\#(long)","data":1}"#)
            #expect(try await api.ask("publish", #"{"channel":"x\#(long)","data":1}"#).code == 107)
            let reader = try await test.client("/ws/%C3%A9%20%2F")
            try await api.result("publish", #"{"ch\u0061nnel":"\u00e9 \/","data":"here"}"#)
            try await reader.expect("here")
        }
    }
}
