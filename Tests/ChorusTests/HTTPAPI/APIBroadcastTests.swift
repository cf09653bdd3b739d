import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Testing

@Suite("The HTTP API: broadcast")
struct APIBroadcastTests {
    @Test("the same goes to all channels, and the responses stand in their order")
    func order() async throws {
        try await serveAPI { test, api in
            let names = (0..<200).map { "kept:\($0)" }
            // so that every topic is at a place of its own
            for (number, name) in names.enumerated() {
                for _ in 0..<number % 3 { try await test.publish("before", to: name) }
            }
            let reader = try await test.client("/ws/kept:7?format=json")
            let channels = names.map { #""\#($0)""# }.joined(separator: ",")
            let body = #"{"channels":[\#(channels)],"data":{"a":1},"tags":{"t":"x"}}"#
            let result = try await api.result("broadcast", body)
            let responses = try #require(result["responses"]?.elements)
            #expect(responses.count == 200)
            for (number, response) in responses.enumerated() {
                let position: JSON = [
                    "offset": .number(Double(number % 3 + 1)), "epoch": try await test.epoch(of: names[number]),
                ]
                #expect(response == ["result": position])
            }
            let line = try await reader.published()
            #expect(line["data"] == ["a": 1])
            #expect(line["tags"] == ["t": "x"])
        }
    }

    @Test("an error of one channel stands in its place, and the others are published to", arguments: [false, true])
    func partial(_ isTransport: Bool) async throws {
        try await serveAPI { test, api in
            let first = try await test.client("/ws/room")
            let last = try await test.client("/ws/kept:1")
            let long = String(repeating: "x", count: 256)
            let answer = try await api.ask(
                "broadcast",
                #"{"channels":["room","","\#(long)",7,null,"small:1","kept:1"],"data":"more than ten"}"#,
                headers: isTransport ? APIClient.transport : APIClient.local
            )
            #expect(answer.status == 200)
            let responses = try #require(answer.result?["responses"]?.elements)
            #expect(responses.map { $0["error"]?["code"]?.int } == [nil, 107, 107, 107, 107, 107, nil])
            #expect(responses[0] == ["result": [:]])
            #expect(responses[6]["result"]?["offset"] == 1)
            for response in responses[1...5] {
                #expect(response["result"] == nil)
                #expect(response["error"]?["message"]?.string?.isEmpty == false)
            }
            for client in [first, last] { try await client.expect("more than ten") }
        }
    }

    @Test(
        "what is wrong with all of it is one error, and nothing is published",
        arguments: [
            #"{"data":"x"}"#, #"{"channels":[],"data":"x"}"#, #"{"channels":null,"data":"x"}"#,
            #"{"channels":"room","data":"x"}"#, #"{"channels":{"a":"room"},"data":"x"}"#, #"{"channels":["room"]}"#,
            #"{"channels":["room"],"b64data":"?"}"#, #"{"channels":["room"],"data":"x","tags":{"a":1}}"#,
            #"{"channels":["room"],"data":"x","skip_history":1}"#, #"{"channel":"room","data":"x"}"#,
        ]
    )
    func malformed(_ body: String) async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/room")
            let answer = try await api.ask("broadcast", body)
            #expect(answer.status == 200)
            #expect(answer.code == 107)
            #expect(answer.result == nil)
            try await reader.expectNothing()
        }
    }

    @Test("options hold for every channel by itself")
    func options() async throws {
        try await serveAPI { test, api in
            let readers = try await test.clients(2, "/ws/kept:1") + test.clients(1, "/ws/kept:2")
            let start = #"{"channels":["kept:1","kept:2"],"data":"#
            let once = try await api.result("broadcast", start + #""1","idempotency_key":"k"}"#)
            #expect(try await api.result("broadcast", start + #""2","idempotency_key":"k"}"#) == once)
            let skipped = try await api.result("broadcast", start + #""3","skip_history":true}"#)
            #expect(skipped == ["responses": [["result": [:]], ["result": [:]]]])
            _ = try await api.result("publish", #"{"channel":"kept:1","data":"4","version":2}"#)
            _ = try await api.result("broadcast", start + #""5","version":1}"#)
            for reader in readers[..<2] { try await reader.expect(["1", "3", "4"]) }
            try await readers[2].expect(["1", "3", "5"])
            for reader in readers { try await reader.expectNothing() }
        }
    }

    @Test("a list of exactly the limit is taken, a longer one is not")
    func limit() async throws {
        var limits = HTTPAPI.Limits()
        limits.listLength = 3
        try await serveAPI(limits: limits) { _, api in
            func ask(_ count: Int) async throws -> APIAnswer {
                let names = (0..<count).map { #""\#($0)""# }.joined(separator: ",")
                return try await api.ask("broadcast", #"{"channels":[\#(names)],"data":1}"#)
            }
            #expect(try await ask(3).result?["responses"]?.elements.count == 3)
            let answer = try await ask(4)
            #expect(answer.code == 107)
            #expect(answer.message.contains("channels") && answer.message.contains("3"))
        }
    }
}
