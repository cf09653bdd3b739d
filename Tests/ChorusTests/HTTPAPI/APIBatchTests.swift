import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Testing

@Suite("The HTTP API: batch")
struct APIBatchTests {
    @Test("commands are done one after the other, and the replies stand in their order, in no result")
    func sequential() async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/kept:1")
            let publications = (1...50).map { #"{"publish":{"channel":"kept:1","data":"\#($0)"}}"# }
            let history = #"{"history":{"channel":"kept:1","limit":100}}"#
            let commands = ([history] + publications + [history]).joined(separator: ",")
            let answer = try await api.ask("batch", #"{"commands":[\#(commands)]}"#)
            #expect(answer.status == 200)
            #expect(answer.json?.fields.keys.sorted() == ["replies"])
            let replies = try #require(answer.json?["replies"]).elements
            try #require(replies.count == 52)
            #expect(replies[0]["history"]?["publications"] == [])
            #expect(replies[1...50].map { $0["publish"]?["offset"]?.int } == Array(1...50))
            // what comes later sees what was done before
            let kept = try #require(replies[51]["history"]?["publications"]).elements
            #expect(kept.map { $0["data"]?.string } == (1...50).map { "\($0)" })
            try await reader.expect((1...50).map { "\($0)" })
        }
    }

    @Test("in parallel all are done, and the replies stand in their order")
    func parallel() async throws {
        try await serveAPI { test, api in
            let names = (0..<100).map { "kept:\($0)" }
            let commands = names.map { #"{"publish":{"channel":"\#($0)","data":1}}"# } + [#"{"nothing":{}}"#]
            let body = #"{"parallel":true,"commands":[\#(commands.joined(separator: ","))]}"#
            let replies = try #require(try await api.ask("batch", body).json?["replies"]).elements
            try #require(replies.count == 101)
            for (name, reply) in zip(names, replies) {
                let position: JSON = ["offset": 1, "epoch": try await test.epoch(of: name)]
                #expect(reply == ["publish": position])
            }
            #expect(replies[100]["error"]?["code"] == 104)
        }
    }

    /// A command, and the code that it gets.
    static let errors: [(command: String, code: Int)] = [
        (#"{"nothing":{}}"#, 104), (#"{"Publish":{"channel":"a","data":1}}"#, 104),
        (#"{"batch":{"commands":[]}}"#, 107), ("{}", 107), ("7", 107), ("null", 107), ("[]", 107), (#""publish""#, 107),
        (#"{"publish":7}"#, 107), (#"{"publish":null}"#, 107), (#"{"publish":{}}"#, 107),
        (#"{"publish":{"channel":"a"}}"#, 107), (#"{"history":{"channel":"a","limit":1}}"#, 108),
        (#"{"presence":{"channel":"a"}}"#, 108),
        (#"{"history":{"channel":"kept:1","limit":1,"since":{"offset":1,"epoch":"x"}}}"#, 112),
    ]

    @Test("an error stands in the place of its reply, and the commands around it are done", arguments: errors)
    func partial(_ command: String, _ code: Int) async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/room")
            let (before, after) = (
                #"{"publish":{"channel":"room","data":"1"}}"#, #"{"publish":{"channel":"room","data":"2"}}"#
            )
            for (mode, headers) in [("false", APIClient.local), ("true", APIClient.transport)] {
                let body = #"{"parallel":\#(mode),"commands":[\#(before),\#(command),\#(after)]}"#
                let answer = try await api.ask("batch", body, headers: headers)
                #expect(answer.status == 200)
                let replies = try #require(answer.json?["replies"]).elements
                try #require(replies.count == 3)
                #expect(replies[1].fields.keys.sorted() == ["error"])
                #expect(replies[1]["error"]?["code"]?.int == code)
                #expect(replies[1]["error"]?["message"]?.string?.isEmpty == false)
                #expect([replies[0], replies[2]] == [["publish": [:]], ["publish": [:]]])
                #expect(Set(try await reader.collect(2).compactMap(\.text)) == ["1", "2"])
            }
            try await reader.expectNothing()
        }
    }

    @Test(
        "where it is to stop on an error, that is the last reply, and nothing behind it is done",
        arguments: [false, true]
    )
    func stops(_ isParallel: Bool) async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/kept:1")
            func publish(_ text: String) -> String { #"{"publish":{"channel":"kept:1","data":"\#(text)"}}"# }
            let bad = #"{"presence":{"channel":"room"}}"#
            let commands = [publish("1"), publish("2"), bad, publish("no"), bad, publish("no")].joined(separator: ",")
            let body = #"{"stop_on_error":true,"parallel":\#(isParallel),"commands":[\#(commands)]}"#
            let replies = try #require(try await api.ask("batch", body).json?["replies"]).elements
            try #require(replies.count == 3)
            #expect(replies.map { $0["publish"]?["offset"] } == [1, 2, nil])
            #expect(replies[2]["error"]?["code"] == 108)
            let good = #"{"stop_on_error":true,"commands":[\#(publish("3")),\#(publish("4"))]}"#
            #expect(try await api.ask("batch", good).json?["replies"]?.elements.count == 2)
            try await reader.expect(["1", "2", "3", "4"])
            try await reader.expectNothing()
            #expect(try await api.ask("batch", #"{"stop_on_error":1,"commands":[]}"#).code == 107)
        }
    }

    @Test("every method can be a command")
    func methods() async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/kept:1")
            let commands = [
                #"{"broadcast":{"channels":["kept:1","kept:2"],"data":"x"}}"#, #"{"presence":{"channel":"kept:1"}}"#,
                #"{"presence_stats":{"channel":"kept:1"}}"#,
                #"{"history":{"channel":"kept:2"}}"#, #"{"info":{}}"#, #"{"history_remove":{"channel":"kept:2"}}"#,
                #"{"channels":{"pattern":"kept:*"}}"#, #"{"connections":{}}"#,
                #"{"unsubscribe":{"user":"eve","channel":""}}"#, #"{"disconnect":{"user":"eve"}}"#,
            ]
            let answer = try await api.ask("batch", #"{"commands":[\#(commands.joined(separator: ","))]}"#)
            let replies = try #require(answer.json?["replies"]).elements
            try #require(replies.count == 10)
            #expect(replies[0]["broadcast"]?["responses"]?.elements.count == 2)
            #expect(replies[1]["presence"]?["presence"]?.fields.count == 1)
            #expect(replies[2]["presence_stats"]?["num_clients"] == 1)
            #expect(replies[3]["history"]?["offset"]?.int != nil)
            #expect(replies[4]["info"]?["nodes"]?.elements.count == 1)
            #expect(replies[5] == ["history_remove": [:]])
            #expect(replies[6]["channels"]?["channels"] == ["kept:1": ["num_clients": 1]])
            #expect(replies[7]["connections"]?["connections"]?.fields.count == 1)
            #expect(Array(replies[8...]) == [["unsubscribe": [:]], ["disconnect": [:]]])
            try await reader.expect("x")
        }
    }

    @Test("a batch of nothing is nothing; one that is none, or longer than the limit, is 107")
    func limits() async throws {
        var limits = HTTPAPI.Limits()
        limits.listLength = 3
        try await serveAPI(limits: limits) { _, api in
            #expect(try await api.ask("batch", #"{"commands":[]}"#).json == ["replies": []])
            let command = #"{"presence_stats":{"channel":"kept:1"}}"#
            for (count, code) in [(3, nil), (4, 107)] as [(Int, Int?)] {
                let commands = [String](repeating: command, count: count).joined(separator: ",")
                let answer = try await api.ask("batch", #"{"commands":[\#(commands)]}"#)
                #expect(answer.code == code)
                #expect(answer.json?["replies"]?.elements.count == (code == nil ? count : nil))
            }
            for body in ["{}", #"{"commands":null}"#, #"{"commands":{}}"#, #"{"commands":[],"parallel":"no"}"#] {
                let answer = try await api.ask("batch", body)
                #expect(answer.code == 107)
                #expect(try await api.ask("batch", body, headers: APIClient.transport).status == 400)
            }
        }
    }
}
