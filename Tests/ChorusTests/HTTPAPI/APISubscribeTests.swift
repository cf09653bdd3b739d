import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Foundation
import Testing

/// What backends can do to clients whose protocol can say so: those of the Centrifuge protocol.
@Suite("The HTTP API: subscribe and refresh")
struct APISubscribeTests {
    private func serve(_ body: @escaping @Sendable (TestServer, APIClient) async throws -> Void) async throws {
        try await serveAPI(
            routes: { server in
                server.relayTopics()
                server.authenticate { $0.query["user"] }
                server.centrifuge()
            },
            body
        )
    }

    /// A client of the Centrifuge protocol that has connected, and its identifier.
    private func connect(_ test: TestServer, _ user: String) async throws -> (CentrifugeClient, String) {
        let client = try await test.centrifuge(query: "?user=\(user)")
        let connect = try await client.result(#""connect":{}"#)
        return (client, try #require(connect["client"]?.string))
    }

    /// The next push of a kind.
    private func push(_ client: CentrifugeClient, _ kind: String) async throws -> (channel: String?, JSON) {
        while true {
            let push = try await client.push()
            if let found = push[kind] { return (push["channel"]?.string, found) }
        }
    }

    @Test("a user's clients follow a topic, are told so, and get what they missed; others do not")
    func subscribe() async throws {
        try await serve { test, api in
            let (ann, _) = try await connect(test, "ann")
            let (bob, bobID) = try await connect(test, "bob")
            let plain = try await test.client("/ws/room?user=ann")
            try await api.result("publish", #"{"channel":"kept:1","data":1}"#)
            let epoch = try await test.epoch(of: "kept:1").string ?? ""
            for number in 2...3 { try await api.result("publish", #"{"channel":"kept:1","data":\#(number)}"#) }
            let since = #""recover_since":{"offset":1,"epoch":"\#(epoch)"}"#
            let fields = #""info":{"a": 1},"data":{"hello": 1},"b64info":"","expire_at":0"#
            let body = #"{"user":"ann","channel":"kept:1",\#(since),\#(fields)}"#
            #expect(try await api.result("subscribe", body) == [:])
            let (channel, subscribe) = try await push(ann, "subscribe")
            #expect(channel == "kept:1")
            #expect(subscribe["data"] == ["hello": 1])
            #expect(subscribe["epoch"] == .text(epoch))
            for number in 2...3 {
                let (channel, publication) = try await push(ann, "pub")
                #expect(channel == "kept:1")
                #expect(publication["data"] == .number(Double(number)))
            }
            let presence = try await api.result("presence", #"{"channel":"kept:1"}"#)["presence"]?.fields
            #expect(presence?.values.map { $0["chan_info"] } == [["a": 1]])
            // one who follows it already is not disturbed
            #expect(try await api.result("subscribe", body) == [:])
            try await api.result("subscribe", #"{"user":"bob","channel":"kept:2","client":"\#(bobID)"}"#)
            #expect(try await push(bob, "subscribe").channel == "kept:2")
            try await api.result("publish", #"{"channel":"kept:2","data":"x"}"#)
            #expect(try await push(bob, "pub").1["data"] == "x")
            // whose protocol cannot say so stays as it is
            try await plain.send("hi")
            try await plain.expect("hi")
            try await plain.expectNothing()
        }
    }

    @Test("connections are given a time, or ended; unsubscribe and disconnect have the protocol's own words")
    func refresh() async throws {
        try await serve { test, api in
            let (ann, _) = try await connect(test, "ann")
            let (bob, _) = try await connect(test, "bob")
            let later = Int(Date().timeIntervalSince1970) + 3600
            #expect(try await api.result("refresh", #"{"user":"ann","expire_at":\#(later)}"#) == [:])
            let (_, told) = try await push(ann, "refresh")
            #expect(told["expires"] == true)
            #expect(3500...3600 ~= told["ttl"]?.int ?? 0)
            try await api.result("subscribe", #"{"user":"ann","channel":"kept:1"}"#)
            _ = try await push(ann, "subscribe")
            try await api.result("unsubscribe", #"{"user":"ann","channel":"kept:1"}"#)
            #expect(try await push(ann, "unsubscribe").channel == "kept:1")
            try await api.result("disconnect", #"{"user":"ann"}"#)
            try await ann.expectClose(3503)
            try await api.result("refresh", #"{"user":"bob","expired":true}"#)
            try await bob.expectClose(3005)
        }
    }

    @Test(
        "what came after a position is sent if that is of the topic's epoch, or of none",
        arguments: [("1", false), ("0", false), ("00", false), ("not ours", false), ("-1", false), ("", true)]
    )
    func epoch(_ epoch: String, _ isRecovered: Bool) async throws {
        try await serve { test, api in
            let (ann, _) = try await connect(test, "ann")
            for number in 1...3 { try await api.result("publish", #"{"channel":"kept:1","data":\#(number)}"#) }
            let since = #""recover_since":{"offset":1,"epoch":"\#(epoch)"}"#
            try await api.result("subscribe", #"{"user":"ann","channel":"kept:1",\#(since)}"#)
            let (_, subscribe) = try await push(ann, "subscribe")
            #expect(subscribe["offset"] == .number(isRecovered ? 1 : 3))
            try await api.result("publish", #"{"channel":"kept:1","data":4}"#)
            for number in isRecovered ? [2, 3, 4] : [4] {
                #expect(try await push(ann, "pub").1["data"] == .number(Double(number)))
            }
        }
    }

    @Test("a subscription may be different from its namespace")
    func overrides() async throws {
        try await serve { test, api in
            let (ann, _) = try await connect(test, "ann")
            let fields = #""override":{"presence":{"value":false},"force_recovery":{"value":false},"join_leave":null}"#
            try await api.result("subscribe", #"{"user":"ann","channel":"kept:1",\#(fields)}"#)
            #expect(try await push(ann, "subscribe").1 == [:])
            #expect(try await api.result("presence", #"{"channel":"kept:1"}"#)["presence"] == [:])
            // without a value it is false
            let (bob, _) = try await connect(test, "bob")
            try await api.result("subscribe", #"{"user":"bob","channel":"kept:1","override":{"force_recovery":{}}}"#)
            #expect(try await push(bob, "subscribe").1 == [:])
            let presence = try await api.result("presence", #"{"channel":"kept:1"}"#)["presence"]?.fields
            #expect(presence?.values.map { $0["user"] } == ["bob"])
        }
    }

    @Test("what is said of a connection from now on comes with its time")
    func connectionInfo() async throws {
        try await serve { test, api in
            let (ann, _) = try await connect(test, "ann")
            try await ann.result(#""subscribe":{"channel":"kept:1"}"#)
            try await ann.result(#""publish":{"channel":"kept:1","data":1}"#)
            #expect(try await push(ann, "pub").1["info"]?["conn_info"] == nil)
            try await api.result("refresh", #"{"user":"ann","info":{"level": 2}}"#)
            #expect(try await push(ann, "refresh").1 == [:])
            for _ in 1...2 {
                try await ann.result(#""publish":{"channel":"kept:1","data":2}"#)
                #expect(try await push(ann, "pub").1["info"]?["conn_info"] == ["level": 2])
                // and stays, where nothing is said of it
                try await api.result("refresh", #"{"user":"ann"}"#)
            }
            try await ann.result(#""subscribe":{"channel":"kept:2"}"#)
            let presence = try await api.result("presence", #"{"channel":"kept:2"}"#)["presence"]?.fields
            #expect(presence?.values.map { $0["conn_info"] } == [["level": 2]])
            let long = String(repeating: "x", count: Member.longestInfo)
            #expect(try await api.ask("refresh", #"{"user":"ann","info":"\#(long)"}"#).code == 107)
        }
    }

    @Test("what presence says is as short as what clients say themselves")
    func info() async throws {
        try await serve { test, api in
            let (ann, _) = try await connect(test, "ann")
            for (length, code) in [(Member.longestInfo + 1, 107), (Member.longestInfo, nil)] as [(Int, Int?)] {
                // quotes are a part of it
                let info = String(repeating: "x", count: length - 2)
                let answer = try await api.ask("subscribe", #"{"user":"ann","channel":"kept:1","info":"\#(info)"}"#)
                #expect(answer.code == code)
            }
            #expect(try await push(ann, "subscribe").channel == "kept:1")
        }
    }

    @Test(
        "what is wrong is 107, and what is not there 108",
        arguments: [
            (#"{"user":"ann"}"#, 107), (#"{"channel":"a"}"#, 107), (#"{"user":"ann","channel":""}"#, 107),
            (#"{"user":"ann","channel":"a","b64info":"?"}"#, 107),
            (#"{"user":"ann","channel":"a","b64data":"AP8="}"#, 107),
            (#"{"user":"ann","channel":"a","override":true}"#, 107),
            (#"{"user":"ann","channel":"a","override":{"presence":true}}"#, 107),
            (#"{"user":"ann","channel":"a","override":{"presence":{"value":1}}}"#, 107),
            (#"{"user":"ann","channel":"a","all_users":true}"#, 108),
        ]
    )
    func wrong(_ body: String, _ code: Int) async throws {
        try await serve { _, api in
            let answer = try await api.ask("subscribe", body)
            #expect(answer.code == code)
        }
    }
}
