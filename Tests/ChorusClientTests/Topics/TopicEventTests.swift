import ChorusClient
import ChorusTesting
import NIOCore
import Testing
import WebSocketWire

@Suite("TopicSubscription: what it makes of what a server sends")
struct TopicEventTests {
    /// What comes of lines that a server sends.
    private func events(_ count: Int, of lines: [String]) async throws -> [TopicEvent] {
        var script = ScriptedServer.Script()
        script.onOpen = { peer in for line in lines { peer.send(line) } }
        return try await ScriptedServer.run(script) { server in
            let subscriber = Subscriber(TopicSubscription(to: "news", at: "ws://127.0.0.1:\(server.port)"))
            defer { subscriber.cancel() }
            var events: [TopicEvent] = []
            for _ in 0..<count { events.append(try await subscriber.event()) }
            return events
        }
    }

    private func message(_ line: String) async throws -> TopicMessage {
        guard case .message(let message) = try await events(1, of: [line])[0] else {
            throw TestFailure("no message: \(line)")
        }
        return message
    }

    @Test(
        "a string is a text, base64 is bytes, everything else is JSON",
        arguments: [
            (#""hi""#, .text("hi"), "hi"),
            (#""""#, .text(""), ""),
            (#""a\n\"\u00e9\ud83d\ude00""#, .text("a\n\"é😀"), "a\n\"é😀"),
            (#""AAH/","encoding":"base64""#, .binary([0, 1, 255]), "AAH/"),
            (#""","encoding":"base64""#, .binary([]), ""),
            (#""AAH/","encoding":"other""#, .text("AAH/"), "AAH/"),
            (#"{"b": [1, 2.50]}"#, .json(#"{"b": [1, 2.50]}"#), #"{"b": [1, 2.50]}"#),
            ("[]", .json("[]"), "[]"), ("-1e3", .json("-1e3"), "-1e3"), ("true", .json("true"), "true"),
            ("null", .json("null"), "null"),
        ] as [(String, TopicMessage.Payload, String)]
    )
    func payload(_ data: String, _ payload: TopicMessage.Payload, _ text: String) async throws {
        let message = try await message(#"{"topic":"news","data":\#(data)}"#)
        #expect(message.payload == payload)
        #expect(message.text == text)
    }

    @Test("position, time, key and tags are there if the server has sent them")
    func fields() async throws {
        let line =
            #" {"topic":"a:b","data":"x","offset":42,"epoch":281474976710655,"time":1795687686329,"key":"k","#
            + #""tags":{"a":"1","b":"\u0032","c":3},"from":{"id":"z"},"new":{"in":"some release"}}"#
        let message = try await message(line)
        #expect(message.topic == "a:b")
        #expect(message.position == TopicPosition(epoch: 281_474_976_710_655, offset: 42))
        #expect(message.time == 1_795_687_686_329)
        #expect(message.key == "k")
        #expect(message.tags["a"] == "1" && message.tags["b"] == "2")
        #expect(message.json == line.dropFirst())
        let bare = try await self.message(#"{"data":"x"}"#)
        #expect(bare.topic.isEmpty)
        #expect(bare.position == nil && bare.time == nil && bare.key == nil && bare.tags.isEmpty)
        // half a position is none
        #expect(try await self.message(#"{"data":"x","offset":1}"#).position == nil)
    }

    @Test("a payload that looks like a notice is a message")
    func disguise() async throws {
        #expect(try await message(#"{"topic":"news","data":{"notice":"gap"}}"#).text == #"{"notice":"gap"}"#)
    }

    @Test("notices are told by their names")
    func notices() async throws {
        let presence = #"{"topic":"news","notice":"presence","members":[{"id":"a"}],"sessions":1,"users":0}"#
        let events = try await events(
            7,
            of: [
                #"{"topic":"news","notice":"subscribed","offset":1,"epoch":7,"session":"s"}"#,
                #"{"topic":"news","notice":"latest","offset":2,"epoch":7}"#,
                #"{"topic":"news","notice":"gap","offset":3,"epoch":8}"#,
                #"{"topic":"news","notice":"gap"}"#,
                presence,
                #"{"topic":"news","notice":"refused","code":"not_json","reason":"No."}"#,
                #"{"topic":"news","notice":"of another release","data":1}"#,
            ]
        )
        #expect(
            events.map(\.brief) == [
                "subscribed 7:1", "subscribed 7:2", "gap 8:3", "gap", "notice presence", "notice refused",
                "notice of another release",
            ]
        )
        if case .notice(_, let json) = events[4] { #expect(json == presence) }
    }

    @Test("what nobody understands is passed over")
    func nonsense() async throws {
        var script = ScriptedServer.Script()
        script.onOpen = { peer in
            for line in ["", "nonsense", "[]", "{}", #""data""#, #"{"topic":"news"}"#, #"{"data":1"#] {
                peer.send(line)
            }
            peer.send(.binary, ByteBuffer(string: #"{"data":"binary"}"#))
            peer.send(#"{"data":"understood"}"#)
        }
        try await ScriptedServer.run(script) { server in
            let subscriber = Subscriber(TopicSubscription(to: "news", at: "ws://127.0.0.1:\(server.port)"))
            defer { subscriber.cancel() }
            let event = try await subscriber.event()
            #expect(event.brief == "message understood")
        }
    }
}
