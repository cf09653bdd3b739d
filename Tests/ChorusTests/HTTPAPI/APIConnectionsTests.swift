import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Foundation
import Testing

@Suite("The HTTP API: connections")
struct APIConnectionsTests {
    private func serve(
        hub: Hub = .forAPI(),
        proxies: [TrustedProxy] = [],
        _ body: @escaping @Sendable (TestServer, APIClient) async throws -> Void
    ) async throws {
        try await serveAPI(
            hub: hub,
            configure: {
                $0.eventLoops = 2
                $0.trustedProxies = proxies
            },
            routes: { server in
                server.relayTopics()
                server.authenticate { $0.query["user"] }
            },
            body
        )
    }

    @Test("each is told with its user, its way, its address, its topics and since when")
    func fields() async throws {
        try await serve { test, api in
            let started = Int(Date().timeIntervalSince1970)
            let told = try await test.client("/ws/kept:1?format=json&user=ann")
            let id = try #require(try await told.notice("subscribed")["session"]?.string)
            let plain = try await test.client("/ws")
            let result = try await api.result("connections")
            var all = try #require(result["connections"]).fields
            #expect(all.count == 2)
            let own = all.removeValue(forKey: id)
            let first = try #require(own)
            #expect(first["user"] == "ann")
            #expect(first["transport"] == "websocket")
            #expect(first["protocol"] == "json")
            #expect(first["address"] == "127.0.0.1")
            #expect(first["state"] == ["channels": ["kept:1": [:]]])
            #expect(first["num_channels"] == 1)
            #expect(first["lag"] == ["messages": 0, "bytes": 0])
            #expect(started...started + 60 ~= first["connected_at"]?.int ?? 0)
            let second = try #require(all.values.first)
            #expect(second["user"] == "")
            #expect(second["protocol"] == "text")
            // the topic of broadcasts has no name
            #expect(second["state"] == ["channels": ["lobby": [:]]])
            #expect(second["num_channels"] == 1)
            #expect(result["next_cursor"] == nil)
            _ = (told, plain)
        }
    }

    @Test(
        "pages lead one to the next, over all event loops, in the order of connecting, and end",
        arguments: [1, 3, 7]
    )
    func pages(_ limit: Int) async throws {
        try await serve { test, api in
            var ids: [String] = []
            var clients: [TestClient] = []
            for _ in 0..<7 {
                let client = try await test.client("/ws/kept:1?format=json")
                ids.append(try #require(try await client.notice("subscribed")["session"]?.string))
                clients.append(client)
            }
            var found: [Set<String>] = []
            var cursor = ""
            repeat {
                let body = #"{"limit":\#(limit),"cursor":"\#(cursor)"}"#
                let page = try await api.result("connections", body)
                found.append(Set(try #require(page["connections"]).fields.keys))
                cursor = page["next_cursor"]?.string ?? ""
            } while !cursor.isEmpty
            let expected = stride(from: 0, to: 7, by: limit).map { Set(ids[$0..<min(7, $0 + limit)]) }
            // the end is known when a page is not full
            #expect(found.filter { !$0.isEmpty } == expected)
            _ = clients
        }
    }

    @Test("a page goes on behind one who has gone meanwhile")
    func gone() async throws {
        try await serve { test, api in
            var clients = try await test.clients(6, "/ws/a")
            func ids(_ body: String) async throws -> [String] {
                try #require(try await api.result("connections", body)["connections"]).fields.keys.sorted()
            }
            let all = try await ids("{}")
            try await clients.remove(at: 2).close()
            try await test.expectSessions(5)
            #expect(try await ids(#"{"cursor":"\#(all[2])"}"#) == Array(all[3...]))
            #expect(try await ids(#"{"cursor":"\#(all[1])","limit":2}"#) == Array(all[3...4]))
        }
    }

    @Test("user, topic and way choose; an empty one is none")
    func filters() async throws {
        try await serve { test, api in
            let clients =
                try await test.clients(3, "/ws/a?user=ann") + test.clients(2, "/ws/b?user=ann")
                + test.clients(1, "/ws/a?user=bob") + test.clients(1, "/ws/c")
            let counts: [(body: String, count: Int)] = [
                ("{}", 7), (#"{"user":"ann"}"#, 5), (#"{"user":"bob"}"#, 1), (#"{"user":"eve"}"#, 0),
                (#"{"channel":"a"}"#, 4), (#"{"channel":"nowhere"}"#, 0), (#"{"user":"ann","channel":"a"}"#, 3),
                (#"{"user":"ann","limit":2}"#, 2), (#"{"transport":"websocket"}"#, 7), (#"{"transport":"sse"}"#, 0),
                (#"{"user":"","channel":"","transport":"","cursor":"","limit":0,"expression":""}"#, 7),
            ]
            for (body, count) in counts {
                #expect(try await api.result("connections", body)["connections"]?.fields.count == count, "\(body)")
            }
            _ = clients
        }
    }

    @Test("what a client has not read is its lag, in messages and bytes")
    func lag() async throws {
        let hub = Hub(configuration: .init(defaults: Namespace(window: Window(messages: 10_000, bytes: 64 << 20))))
        try await serve(hub: hub) { test, api in
            let stalled = try await RawSocket.open(try await test.raw(receiveBuffer: 4096), "/ws/a?user=slow")
            try await stalled.client.stopReading()
            let text = String(repeating: "x", count: 100_000)
            let reader = try await test.client("/ws/a?user=quick")
            for _ in 0..<100 {
                try await test.publish(text, to: "a")
                try await reader.expect(text)
            }
            @Sendable func lag(_ user: String) async throws -> JSON? {
                let result = try await api.result("connections", #"{"user":"\#(user)"}"#)
                return result["connections"]?.fields.values.first?["lag"]
            }
            #expect(try await lag("quick") == ["messages": 0, "bytes": 0])
            let slow = try #require(try await lag("slow"))
            let (messages, bytes) = (slow["messages"]?.int ?? 0, slow["bytes"]?.int ?? 0)
            // the kernel takes some
            #expect(1..<100 ~= messages)
            #expect(messages * 100_000...messages * 100_100 ~= bytes)
            try await stalled.client.startReading()
            for _ in 0..<100 { try await stalled.expect(text) }
            try await eventually("it has all") { try await lag("slow") == ["messages": 0, "bytes": 0] }
        }
    }

    @Test("behind a proxy that is trusted the address is the client's")
    func proxy() async throws {
        try await serve(proxies: [try TrustedProxy("127.0.0.1")]) { test, api in
            let socket = try await RawSocket.open(try await test.raw(), "/ws", "X-Forwarded-For: 9.8.7.6\r\n")
            let found = try #require(try await api.result("connections")["connections"]).fields.values.first
            #expect(found?["address"] == "9.8.7.6")
            _ = socket
        }
    }

    @Test(
        "what is wrong is 107, and what is not there 108",
        arguments: [
            (#"{"limit":-1}"#, 107), (#"{"cursor":"?"}"#, 107), (#"{"cursor":"-1"}"#, 107), (#"{"channel":"\n"}"#, 107),
            (#"{"expression":"user == 'a'"}"#, 108), (#"{"label_filter":{}}"#, 108),
        ]
    )
    func wrong(_ body: String, _ code: Int) async throws {
        try await serve { _, api in
            let answer = try await api.ask("connections", body)
            #expect(answer.code == code)
        }
    }
}
