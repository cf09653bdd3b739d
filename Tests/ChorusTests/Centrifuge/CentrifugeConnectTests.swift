import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("Centrifuge: connecting")
struct CentrifugeConnectTests {
    @Test("the answer names the client, and says how it is asked whether it is there")
    func connect() async throws {
        try await serveCentrifuge { test in
            let client = try await test.centrifuge()
            let result = try await client.result(#""connect":{"name":"test"}"#)
            #expect(result["client"]?.string?.isEmpty == false)
            #expect(result["version"] == .text(BroadcastServer.version))
            #expect(result["ping"] == 25)
            #expect(result["pong"] == true)
            #expect(result["expires"] == nil)
            let other = try await test.centrifuge().result(#""connect":{}"#)
            #expect(other["client"] != result["client"])
        }
    }

    @Test("of what a client calls itself little is kept, however its characters are made")
    func longName() async throws {
        try await serveCentrifuge { test in
            let name = "e" + String(repeating: "\u{301}", count: 10_000)
            let client = try await test.connected(#""name":"\#(name)","version":"1""#)
            let transport = await test.hub.connections.list().first?.transport
            #expect(transport?.clientName.unicodeScalars.count == 64)
            #expect(transport?.clientVersion == "1")
            // there until here
            try await client.expectNothing()
        }
    }

    @Test(
        "the format is said by the subprotocol or by the query",
        arguments: [("?cf_protocol=protobuf", true), ("?format=protobuf", true), ("", false), ("?format=json", false)]
    )
    func formats(_ query: String, _ isProtobuf: Bool) async throws {
        try await serveCentrifuge { test in
            let client = try await test.client("/connection/websocket" + query)
            if isProtobuf {
                try await client.send(ByteBuffer(bytes: [4, 0x08, 1, 0x22, 0]))
            } else {
                try await client.send(#"{"id":1,"connect":{}}"#)
            }
            #expect((try await client.next().text == nil) == isProtobuf)
        }
    }

    @Test("commands in one frame are answered in one frame, in their order")
    func batch() async throws {
        try await serveCentrifuge(Namespace("kept", history: .last(10))) { test in
            let client = try await test.centrifuge()
            try await client.socket.send(
                """
                {"id":1,"connect":{}}
                {"id":2,"subscribe":{"channel":"room"}}
                {"id":3,"publish":{"channel":"room","data":{"a":1}}}
                """
            )
            let replies = try #require(try await client.socket.next().text).split(separator: "\n")
            #expect(try replies.map { try JSON(parsing: String($0))["id"] } == [1, 2, 3])
            #expect(try await client.publication()["pub"] == ["data": ["a": 1]])
        }
    }

    @Test(
        "what is no command, or comes when it must not, closes with 3501, and nobody else notices",
        arguments: [
            (#"{"id":1,"subscribe":{"channel":"room"}}"#, "before connect"),
            ("{}", "a pong before connect"),
            (#"{"id":1,"connect":{}}"# + "\n" + #"{"id":2,"connect":{}}"#, "twice"),
            (#"{"id":1,"connect":{}}"# + "\n{}", "a pong without a ping"),
            (#"{"id":1,"connect":{}}"# + "\n" + #"{"id":2}"#, "no command"),
            (#"{"id":1,"connect":{}}"# + "\n" + #"{"id":2,"dance":{}}"#, "unknown"),
            (#"{"id":1,"connect":{}}"# + "\n" + #"{"id":2,"subscribe":{}}"#, "no channel"),
            (#"{"id":1,"connect":{}}"# + "\n" + #"{"id":2,"subscribe":{"channel":"a","delta":"x"}}"#, "delta"),
            (#"{"id":1,"connect":{}}"# + "\n" + #"{"id":2,"refresh":{"token":""}}"#, "refresh"),
            (#"{"id":0,"connect":{}}"#, "without a number"),
            (#"{"id":1,"connect":"#, "cut"),
            (#"{"id":1,"connect":[]}"#, "of another type"),
            ("", "empty"),
            ("not JSON", "not JSON"),
        ]
    )
    func violations(_ frame: String, _ what: String) async throws {
        try await serveCentrifuge { test in
            let other = try await test.connected()
            let client = try await test.centrifuge()
            try await client.socket.send(frame)
            try await client.expectClose(3501)
            #expect(try await other.result(#""subscribe":{"channel":"room"}"#) == [:])
        }
    }

    @Test("what was answered before a violation is said before the end")
    func answersFirst() async throws {
        try await serveCentrifuge { test in
            let client = try await test.centrifuge()
            try await client.socket.send(#"{"id":1,"connect":{}}"# + "\n" + "broken")
            #expect(try await client.reply(1)["connect"] != nil)
            try await client.expectClose(3501)
        }
    }

    @Test("a frame has a bound for its size, and one for its commands")
    func bounds() async throws {
        try await serveCentrifuge(
            options: .init(topicsPerConnection: 2, commandsPerFrame: 3),
            configure: { $0.limits.messageSize = 1000 }
        ) { test in
            let big = try await test.connected()
            try await big.socket.send(String(repeating: "x", count: 1001))
            try await big.expectClose(1009)
            let many = try await test.connected()
            let command = #"{"id":9,"presence":{"channel":"a"}}"#
            try await many.socket.send(Array(repeating: command, count: 3).joined(separator: "\n"))
            for _ in 0..<3 { #expect(try await many.reply(9)["error"]?["code"] == 108) }
            try await many.socket.send(Array(repeating: command, count: 4).joined(separator: "\n"))
            try await many.expectClose(3501)
        }
    }

    @Test("who does not connect in time is closed with 3502")
    func late() async throws {
        try await serveCentrifuge(options: .init(connectTime: .milliseconds(200))) { test in
            try await test.centrifuge().expectClose(3502)
            let client = try await test.connected()
            // longer than it might have taken to connect: nothing tells of a deadline that is none any more
            try await Task.sleep(for: .milliseconds(500))
            #expect(try await client.error(#""presence":{"channel":"a"}"#) == 108)
        }
    }

    @Test("pings are commands of the protocol, or frames of WebSocket; who does not answer is closed with 3012")
    func pings() async throws {
        try await serveCentrifuge(configure: { configuration in
            configuration.keepAlive = .init(interval: .milliseconds(300), timeout: .milliseconds(300))
        }) { test in
            let client = try await test.connected()
            for _ in 0..<2 {
                #expect(try await client.socket.json() == [:])
                try await client.socket.send("{}")
            }
            #expect(try await client.socket.json() == [:])
            try await client.expectClose(3012)
            // the client's library answers these by itself
            let native = try await test.centrifuge(query: "?cf_ws_frame_ping_pong=true")
            let result = try await native.result(#""connect":{}"#)
            #expect(result["ping"] == nil && result["pong"] == nil)
            // a ping and the time to answer it, and more: nothing tells of a client that stays
            try await Task.sleep(for: .seconds(1))
            #expect(try await native.error(#""presence":{"channel":"a"}"#) == 108)
        }
    }

    @Test("a client that has not read for a while answers several pings at once, and no more of them")
    func latePongs() async throws {
        try await serveCentrifuge(configure: { configuration in
            configuration.keepAlive = .init(interval: .milliseconds(300), timeout: .milliseconds(300))
        }) { test in
            let client = try await test.connected()
            #expect(try await client.socket.json() == [:])
            // something comes from it all the same
            #expect(try await client.error(#""presence":{"channel":"a"}"#) == 108)
            #expect(try await client.socket.json() == [:])
            try await client.socket.send("{}\n{}")
            #expect(try await client.error(#""presence":{"channel":"a"}"#) == 108)
            // more than can have been sent meanwhile
            try await client.socket.send(Array(repeating: "{}", count: 100).joined(separator: "\n"))
            try await client.expectClose(3501)
        }
    }

    @Test("with tokens, a client is who its token says, and without one it may not connect")
    func tokens() async throws {
        try await serveCentrifuge(options: .init(tokens: SpokenTokens())) { test in
            let client = try await test.centrifuge()
            #expect(try await client.result(#""connect":{"token":"ann"}"#)["expires"] == nil)
            #expect(await test.hub.disconnect(user: "ann") == 1)
            try await client.expectClose(3503)
            let invalid = try await test.centrifuge()
            try await invalid.socket.send(#"{"id":1,"connect":{"token":"invalid"}}"#)
            try await invalid.expectClose(3500)
            let expired = try await test.centrifuge()
            #expect(try await expired.error(#""connect":{"token":"expired"}"#) == 109)
            let none = try await test.centrifuge()
            try await none.socket.send(#"{"id":1,"connect":{}}"#)
            try await none.expectClose(3501)
        }
        try await serveCentrifuge(options: .init(tokens: SpokenTokens(), allowsAnonymous: true)) { test in
            _ = try await test.connected()
        }
        // nobody is there to say what it is worth
        try await serveCentrifuge { test in
            let client = try await test.centrifuge()
            try await client.socket.send(#"{"id":1,"connect":{"token":"ann"}}"#)
            try await client.expectClose(3500)
        }
    }

    @Test("whom the program knows by the request needs no token, and cannot be another by one")
    func authenticated() async throws {
        try await serveCentrifuge(
            options: .init(tokens: SpokenTokens()),
            routes: { $0.authenticate { $0.query["user"] } }
        ) { test in
            let ann = try await test.centrifuge(query: "?user=ann")
            try await ann.result(#""connect":{}"#)
            let same = try await test.centrifuge(query: "?user=ann")
            try await same.result(#""connect":{"token":"ann"}"#)
            let other = try await test.centrifuge(query: "?user=ann")
            try await other.socket.send(#"{"id":1,"connect":{"token":"bob"}}"#)
            try await other.expectClose(3500)
        }
    }

    @Test("a stopping server says so, and clients come back")
    func stopping() async throws {
        try await serveCentrifuge { test in
            let client = try await test.connected()
            async let stopped: Void = test.stop()
            try await client.expectClose(3001)
            await stopped
        }
    }
}
