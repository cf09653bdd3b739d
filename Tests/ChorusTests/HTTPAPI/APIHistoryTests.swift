import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("The HTTP API: history")
struct APIHistoryTests {
    private func publish(_ test: TestServer, _ range: ClosedRange<Int>) async throws {
        for number in range { try await test.publish("\(number)", to: "kept:1") }
    }

    /// Fields of the request besides the channel, and the offsets that come.
    static let pages: [(fields: String, offsets: [Int])] = [
        ("", []), (#","limit":0"#, []), (#","limit":null"#, []), (#","limit":3"#, [1, 2, 3]),
        (#","limit":100"#, Array(1...10)), (#","limit":2147483647"#, Array(1...10)),
        (#","limit":3,"reverse":true"#, [10, 9, 8]), (#","limit":100,"reverse":true"#, (1...10).reversed()),
        (#","limit":3,"since":{"offset":4,"epoch":"EPOCH"}"#, [5, 6, 7]),
        (#","limit":100,"since":{"offset":8,"epoch":"EPOCH"}"#, [9, 10]),
        (#","limit":100,"since":{"offset":10,"epoch":"EPOCH"}"#, []),
        (#","limit":100,"since":{"epoch":"EPOCH"}"#, Array(1...10)), (#","limit":3,"since":{"offset":4}"#, [5, 6, 7]),
        (#","limit":2,"since":{"offset":4,"epoch":""},"reverse":true"#, [3, 2]),
        (#","limit":100,"since":null"#, Array(1...10)), (#","since":{"offset":4,"epoch":"EPOCH"}"#, []),
        (#","limit":2,"since":{"offset":4,"epoch":"EPOCH"},"reverse":true"#, [3, 2]),
    ]

    @Test("a page of what is kept, and where the topic is", arguments: pages)
    func page(_ fields: String, _ offsets: [Int]) async throws {
        try await serveAPI { test, api in
            try await publish(test, 1...10)
            let epoch = try await test.epoch(of: "kept:1")
            let fields = fields.replacing("EPOCH", with: epoch.string ?? "")
            let result = try await api.result("history", #"{"channel":"kept:1"\#(fields)}"#)
            #expect(result["epoch"] == epoch)
            #expect(result["offset"] == 10)
            let publications = try #require(result["publications"]).elements
            #expect(publications.map { $0["offset"]?.int } == offsets)
            #expect(publications.map { $0["data"]?.string } == offsets.map { "\($0)" })
        }
    }

    @Test("a topic that nobody has published to is at 0")
    func empty() async throws {
        try await serveAPI { test, api in
            let result = try await api.result("history", #"{"channel":"kept:none","limit":10}"#)
            #expect(result["publications"] == [])
            #expect(result["offset"] == 0)
            #expect(result["epoch"]?.string.flatMap { UInt64($0) } ?? 0 > 0)
        }
    }

    @Test("a message comes with all that it was published with, and who published it")
    func publications() async throws {
        try await serveAPI(routes: { server in
            server.relayTopics()
            server.authenticate { $0.query["user"] }
        }) { test, api in
            let ann = try await test.client("/ws/kept:1?format=json&user=ann&name=Ann")
            let session = try #require(try await ann.notice("subscribed")["session"])
            try await ann.send("from ann")
            var lines = [try await ann.published()]
            let bodies = [
                #""data":"text \"\n","key":"k","tags":{"b":"2","a":"1"}"#, #""data":{"a": [null]}"#,
                #""b64data":"AP8=""#,
            ]
            for body in bodies {
                try await api.result("publish", #"{"channel":"kept:1",\#(body)}"#)
                lines.append(try await ann.published())
            }
            let result = try await api.result("history", #"{"channel":"kept:1","limit":10}"#)
            let found = try #require(result["publications"]).elements
            try #require(found.count == 4)
            let data: [JSON?] = ["from ann", "text \"\n", ["a": [.null]], nil]
            #expect(found.map { $0["data"] } == data)
            #expect(found.map { $0["b64data"] } == [nil, nil, nil, "AP8="])
            #expect(found[0]["info"] == ["user": "ann", "client": session, "chan_info": ["name": "Ann"]])
            #expect(found[1...].allSatisfy { $0["info"] == nil })
            #expect(found[1]["key"] == "k")
            #expect(found[1]["tags"] == ["a": "1", "b": "2"])
            #expect(found[0]["tags"] == nil && found[0]["key"] == nil)
            for (publication, line) in zip(found, lines) {
                #expect(publication["time"] == line["time"])
                #expect(publication["offset"] == line["offset"])
            }
        }
    }

    @Test("a position of another epoch is 112", arguments: ["\"1\"", "\"x\"", "\"-1\"", "\"99999999999999999999999\""])
    func otherEpoch(_ epoch: String) async throws {
        try await serveAPI { test, api in
            try await publish(test, 1...3)
            let body = #"{"channel":"kept:1","limit":10,"since":{"offset":1,"epoch":\#(epoch)}}"#
            let answer = try await api.ask("history", body)
            #expect(answer.status == 200)
            #expect(answer.code == 112)
            #expect(answer.message.hasPrefix("unrecoverable position"))
        }
    }

    @Test("what is removed is gone, and the topic goes on where it is")
    func removed() async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/kept:1?format=json")
            _ = try await reader.notice("subscribed")
            try await publish(test, 1...10)
            let epoch = try await test.epoch(of: "kept:1")
            #expect(try await api.result("history_remove", #"{"channel":"kept:1"}"#) == [:])
            let ask = #"{"channel":"kept:1","limit":100}"#
            #expect(try await api.result("history", ask) == ["publications": [], "offset": 10, "epoch": epoch])
            let complete = try await test.client("/ws/kept:1?format=json&since=\(epoch.string ?? ""):10")
            _ = try await complete.notice("subscribed")
            try await test.publish("11", to: "kept:1")
            #expect(try await api.result("history", ask)["publications"]?.elements.map { $0["offset"] } == [11])
            #expect(try await complete.published()["offset"] == 11)
            for offset in 1...11 { #expect(try await reader.published()["offset"] == .number(Double(offset))) }
            #expect(try await api.ask("history_remove", #"{"channel":"room"}"#).code == 108)
            #expect(try await api.result("history_remove", #"{"channel":"kept:never"}"#) == [:])
        }
    }

    @Test("one answer has no more messages than the limits allow")
    func limit() async throws {
        var limits = HTTPAPI.Limits()
        limits.history = 4
        try await serveAPI(limits: limits) { test, api in
            try await publish(test, 1...10)
            let result = try await api.result("history", #"{"channel":"kept:1","limit":100}"#)
            #expect(result["publications"]?.elements.map { $0["offset"] } == [1, 2, 3, 4])
        }
    }
}
