import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Testing

/// The fields of answers and pushes, as the tables of docs/compatibility.md have them: these, and no others.
@Suite("Centrifuge: fields")
struct CentrifugeFieldTests {
    private func serve(_ body: @escaping @Sendable (TestServer) async throws -> Void) async throws {
        try await serveCentrifuge(
            Namespace("kept", history: .last(10), presence: PresenceOptions(grace: .zero, interval: .zero)),
            options: .init(tokens: SpokenTokens()),
            body
        )
    }

    private static let later = WallClock.seconds + 600

    @Test("connect and refresh")
    func connect() async throws {
        try await serve { test in
            try await test.publish("missed", to: "kept:1")
            let epoch = try await test.epoch(of: "kept:1").string ?? ""
            let token = "ann;topic=kept:1;expires=\(Self.later)"
            let subs = #"{"kept:1":{"recover":true,"epoch":"\#(epoch)","delta":"fossil"}}"#
            let client = try await test.centrifuge()
            let result = try await client.result(
                #""connect":{"token":"\#(token)","data":{"a":1},"flag":1,"subs":\#(subs)}"#
            )
            #expect(result.names == ["client", "expires", "ping", "pong", "subs", "ttl", "version"])
            let sub = ["delta", "epoch", "positioned", "recoverable", "recovered", "was_recovering"]
            #expect(result["subs"]?["kept:1"]?.names == sub)
            let refreshed = try await client.result(#""refresh":{"token":"ann;expires=\#(Self.later)"}"#)
            #expect(refreshed.names == ["client", "expires", "ttl", "version"])
            let forever = try await client.result(#""refresh":{"token":"ann"}"#)
            #expect(forever.names == ["client", "version"])
        }
    }

    @Test("subscribe, sub_refresh, and the pushes of a subscription")
    func subscribe() async throws {
        try await serve { test in
            for number in 1...3 { try await test.publish("\(number)", to: "kept:1") }
            let epoch = try await test.epoch(of: "kept:1").string ?? ""
            let client = try await test.connected(#""token":"ann""#)
            let token = "ann;topic=kept:1;expires=\(Self.later);data=[1]"
            let recovery = #""recover":true,"epoch":"\#(epoch)","offset":1,"delta":"fossil","flag":1"#
            let result = try await client.result(
                #""subscribe":{"channel":"kept:1","token":"\#(token)","data":[2],\#(recovery)}"#
            )
            #expect(
                result.names == [
                    "data", "delta", "epoch", "expires", "offset", "positioned", "recoverable", "recovered", "ttl",
                    "was_recovering",
                ]
            )
            let refreshed = try await client.result(#""sub_refresh":{"channel":"kept:1","token":"\#(token)"}"#)
            #expect(refreshed.names == ["expires", "ttl"])
            // what it has missed, behind the answer, and what follows
            for offset in 2...3 {
                let push = try await client.publication()
                #expect(push.names == ["channel", "pub"])
                #expect(push["pub"] == ["data": .text("\"\(offset)\""), "offset": .number(Double(offset))])
            }
            var message = Message("with all that a message has", key: "key")
            message.tags = ["lang": "en"]
            try await test.hub.publish(message, to: TopicName("kept:1"))
            #expect(try await client.publication()["pub"]?.names == ["data", "offset", "tags"])
            // of a client, and what hardly differs
            try await client.result(#""publish":{"channel":"kept:1","data":"with all that a message may have"}"#)
            #expect(try await client.publication()["pub"]?.names == ["data", "delta", "info", "offset"])
        }
    }

    @Test("presence, joins and leaves, and history")
    func queries() async throws {
        try await serve { test in
            let client = try await test.connected(#""token":"ann;info={\"nick\":\"A\"}""#)
            try await client.result(#""subscribe":{"channel":"kept:1","token":"ann;topic=kept:1;info=[1]"}"#)
            let member = ["chan_info", "client", "conn_info", "user"]
            let join = try await client.push()
            #expect(join["join"]?["info"]?.names == member)
            let present = try await client.result(#""presence":{"channel":"kept:1"}"#)
            #expect(present.names == ["presence"])
            #expect(present["presence"]?.fields.values.map(\.names) == [member])
            let stats = try await client.result(#""presence_stats":{"channel":"kept:1"}"#)
            #expect(stats.names == ["num_clients", "num_users"])
            // zero is said, too
            let empty = try await client.result(#""history":{"channel":"kept:1","limit":-1}"#)
            #expect(empty.names == ["epoch", "offset", "publications"])
            try await client.result(#""publish":{"channel":"kept:1","data":1}"#)
            let history = try await client.result(#""history":{"channel":"kept:1","limit":-1}"#)
            #expect(history["publications"]?.elements.map(\.names) == [["data", "info", "offset"]])
        }
    }

    @Test("what the server does by itself: subscribe, unsubscribe, refresh, and a message to a user")
    func pushes() async throws {
        try await serve { test in
            let client = try await test.connected(#""token":"ann""#)
            let ann = SessionSelection(user: "ann")
            try await test.publish("before", to: "kept:1")
            let topic = try TopicName("kept:1")
            await test.hub.subscribe(ann, to: topic, FollowTerms(data: .init(string: "[1]"), expiresAt: Self.later))
            let names = ["data", "epoch", "offset", "positioned", "recoverable"]
            #expect(try await client.push()["subscribe"]?.names == names)
            #expect(try await client.push()["join"] != nil)
            await test.hub.unsubscribe(ann, from: topic)
            #expect(try await client.push()["unsubscribe"]?.names == ["code", "reason"])
            await test.hub.refresh(ann, until: Self.later)
            #expect(try await client.push()["refresh"]?.names == ["expires", "ttl"])
            await test.hub.refresh(ann, until: nil)
            #expect(try await client.push() == ["refresh": [:]])
            await test.hub.send("for you", toUser: "ann")
            #expect(try await client.push() == ["message": ["data": "for you"]])
        }
    }
}

extension JSON {
    /// The names of an object's fields.
    fileprivate var names: [String] { fields.keys.sorted() }
}
