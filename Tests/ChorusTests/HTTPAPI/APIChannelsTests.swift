import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Testing

@Suite("The HTTP API: channels")
struct APIChannelsTests {
    private func names(_ api: APIClient, _ body: String = "{}") async throws -> [String: JSON] {
        try #require(try await api.result("channels", body)["channels"]).fields
    }

    @Test("topics that somebody follows are named, with how many do, over all event loops")
    func counts() async throws {
        try await serveAPI(configure: { $0.eventLoops = 2 }) { test, api in
            #expect(try await names(api) == [:])
            let clients = try await test.clients(5, "/ws/chat:1") + test.clients(1, "/ws/news")
            try await test.publish("x", to: "kept:nobody")
            #expect(try await names(api) == ["chat:1": ["num_clients": 5], "news": ["num_clients": 1]])
            try await clients[5].close()
            try await eventually("one has gone") { try await names(api) == ["chat:1": ["num_clients": 5]] }
        }
    }

    @Test("a pattern chooses")
    func pattern() async throws {
        try await serveAPI { test, api in
            var clients: [TestClient] = []
            for name in ["chat:1", "chat:2", "news", "chats"] { clients.append(try await test.client("/ws/\(name)")) }
            let cases: [(pattern: String, names: Set<String>)] = [
                ("", ["chat:1", "chat:2", "news", "chats"]), ("*", ["chat:1", "chat:2", "news", "chats"]),
                ("chat:*", ["chat:1", "chat:2"]), ("news", ["news"]), ("new", []), ("{news,chats}", ["news", "chats"]),
            ]
            for (pattern, expected) in cases {
                #expect(Set(try await names(api, #"{"pattern":"\#(pattern)"}"#).keys) == expected, "\(pattern)")
            }
            for pattern in ["[", "{a", #"\\"#, "[]", "[b-a]"] {
                let answer = try await api.ask("channels", #"{"pattern":"\#(pattern)"}"#)
                #expect(answer.code == 107)
                #expect(answer.message.hasPrefix("bad request: pattern "), "\(answer.message)")
            }
            let long = String(repeating: "x", count: 256)
            #expect(try await api.ask("channels", #"{"pattern":"\#(long)"}"#).code == 107)
        }
    }

    @Test("pages lead one to the next in the order of names, and end", arguments: [1, 4, 9, 10])
    func pages(_ limit: Int) async throws {
        try await serveAPI(configure: { $0.eventLoops = 2 }) { test, api in
            let names = (0..<9).map { "topic:\($0)" }
            var clients: [TestClient] = []
            for name in names.shuffled() { clients.append(try await test.client("/ws/\(name)")) }
            _ = try await test.client("/ws/other")
            var found: [[String]] = []
            var cursor = ""
            repeat {
                let body = #"{"limit":\#(limit),"cursor":"\#(cursor)","pattern":"topic:*"}"#
                let page = try await api.result("channels", body)
                found.append(try #require(page["channels"]).fields.keys.sorted())
                cursor = page["next_cursor"]?.string ?? ""
            } while !cursor.isEmpty
            let expected = stride(from: 0, to: 9, by: limit).map { Array(names[$0..<min(9, $0 + limit)]) }
            #expect(found.filter { !$0.isEmpty } == expected)
        }
    }

    @Test("one answer names no more than the limits allow, and says that there are more")
    func most() async throws {
        var limits = HTTPAPI.Limits()
        limits.topics = 2
        try await serveAPI(limits: limits) { test, api in
            var clients: [TestClient] = []
            for name in ["a", "b", "c"] { clients.append(try await test.client("/ws/\(name)")) }
            let first = try await api.result("channels", #"{"limit":100}"#)
            #expect(first["channels"]?.fields.keys.sorted() == ["a", "b"])
            #expect(first["next_cursor"] == "b")
            #expect(try await names(api, #"{"cursor":"b"}"#).keys.sorted() == ["c"])
        }
    }
}
