import CentrifugeProtocol
import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

/// Codes of docs/compatibility.md that nothing but a failure brings about.
@Suite("Centrifuge: codes")
struct CentrifugeCodeTests {
    @Test(
        "a refusal becomes an error with its words, whatever the program was asked",
        arguments: [
            (401, 101), (403, 103), (404, 102), (429, 111), (400, 400), (451, 451), (499, 499), (500, 100), (503, 100),
        ]
    )
    func refusals(_ status: Int, _ code: Int) async throws {
        try await serveCentrifuge(routes: { server in
            let refusal = Refusal(status: status, "because of \(status)")
            server.onSubscribe { _ in throw refusal }
            server.onPublish { _ in throw refusal }
            server.onRPC("call") { _ -> Message in throw refusal }
        }) { test in
            let client = try await test.connected()
            let error: JSON =
                switch code {
                case 100: ["code": 100, "message": "internal server error", "temporary": true]
                case 111: ["code": 111, "message": "because of 429", "temporary": true]
                default: ["code": .number(Double(code)), "message": .text("because of \(status)")]
                }
            for command in [
                #""subscribe":{"channel":"room"}"#, #""publish":{"channel":"room","data":1}"#,
                #""rpc":{"method":"call"}"#,
            ] { #expect(try await client.ask(command)["error"] == error, "\(command)") }
        }
    }

    @Test("a store that fails is error 100, or 111 if it is overloaded; who wants to begin with it is closed with 3004")
    func store() async throws {
        let broker = FailingBroker()
        let hub = Hub(configuration: .init(namespaces: [Namespace("kept", history: .last(10))]), broker: broker)
        try await serve(
            hub: hub,
            configure: { $0.eventLoops = 1 },
            routes: { $0.centrifuge(at: "/connection/websocket", .init(tokens: SpokenTokens())) }
        ) { test in
            let other = try await test.connected(#""token":"bob""#)
            try await other.result(#""subscribe":{"channel":"kept:other"}"#)
            let client = try await test.connected(#""token":"ann""#)
            let publish = #""publish":{"channel":"kept:1","data":1}"#
            broker.fail(.overloaded)
            let overloaded: JSON = ["code": 111, "message": "too many requests", "temporary": true]
            #expect(try await client.ask(publish)["error"] == overloaded)
            broker.fail(.invalidConfiguration)
            let failed: JSON = ["code": 100, "message": "internal server error", "temporary": true]
            #expect(try await client.ask(publish)["error"] == failed)
            #expect(try await client.ask(#""history":{"channel":"kept:1"}"#)["error"] == failed)
            try await client.socket.send(#"{"id":50,"subscribe":{"channel":"kept:1"}}"#)
            try await client.expectClose(3004)
            // so is who is subscribed by its token
            let late = try await test.centrifuge()
            try await late.socket.send(#"{"id":1,"connect":{"token":"ann;topic=kept:2"}}"#)
            try await late.expectClose(3004)
            broker.fail(nil)
            try await test.publish("it is back", to: "kept:other")
            #expect(try await other.push()["pub"]?["data"] == "it is back")
        }
    }

    @Test("of more than 10,000 members none is named: 106, and they can be counted")
    func crowd() async throws {
        let hub = Hub(
            configuration: .init(namespaces: [Namespace("chat", presence: true)]),
            presence: Crowd(count: 10_001)
        )
        try await serve(hub: hub, routes: { $0.centrifuge() }) { test in
            let client = try await test.connected()
            #expect(try await client.error(#""presence":{"channel":"chat:1"}"#) == 106)
            let stats = try await client.result(#""presence_stats":{"channel":"chat:1"}"#)
            #expect(stats == ["num_clients": 10_001, "num_users": 1])
        }
    }

    @Test("who verifies tokens and does not answer is error 100, at connect, at subscribe and at refresh")
    func hangingVerifier() async throws {
        let log = Recorder()
        let gate = Gate()
        try await serve(
            log: log,
            configure: { $0.limits.hookTime = .milliseconds(200) },
            routes: { $0.centrifuge(at: "/connection/websocket", .init(tokens: HangingTokens(gate: gate))) }
        ) { test in
            defer { gate.open() }
            let failed: JSON = ["code": 100, "message": "internal server error", "temporary": true]
            let client = try await test.centrifuge()
            #expect(try await client.ask(#""connect":{"token":"hangs"}"#)["error"] == failed)
            // it may come again on the same connection
            try await client.result(#""connect":{"token":"ann"}"#)
            #expect(try await client.ask(#""subscribe":{"channel":"a","token":"hangs"}"#)["error"] == failed)
            #expect(try await client.ask(#""refresh":{"token":"hangs"}"#)["error"] == failed)
            #expect(try await client.result(#""subscribe":{"channel":"a"}"#) == [:])
        }
    }

    @Test("a subscription that is refreshed with an expired token is told so, 110, and ended, 2501; it may come again")
    func expiredSubscription() async throws {
        try await serveCentrifuge(options: .init(tokens: SpokenTokens())) { test in
            let client = try await test.connected(#""token":"ann""#)
            try await client.result(#""subscribe":{"channel":"a","token":"ann;topic=a"}"#)
            let answer = try await client.ask(#""sub_refresh":{"channel":"a","token":"expired"}"#)
            #expect(answer["error"] == ["code": 110, "message": "expired"])
            let ended: JSON = ["channel": "a", "unsubscribe": ["code": 2501, "reason": "subscription expired"]]
            #expect(try await client.push() == ended)
            try await test.publish("for nobody", to: "a")
            // of what is not followed there is nothing to refresh
            #expect(try await client.error(#""sub_refresh":{"channel":"a","token":"expired"}"#) == 103)
            try await client.result(#""subscribe":{"channel":"a","token":"ann;topic=a"}"#)
            try await test.publish("for ann", to: "a")
            #expect(try await client.push() == ["channel": "a", "pub": ["data": "for ann"]])
        }
    }

    @Test(
        "a refresh with a token that is no good ends the connection",
        arguments: [
            (#""refresh":{"token":"expired"}"#, 3005), (#""refresh":{"token":"invalid"}"#, 3500),
            (#""refresh":{"token":"bob"}"#, 3500), (#""refresh":{"token":""}"#, 3501),
            (#""sub_refresh":{"channel":"a","token":"invalid"}"#, 3500),
            (#""sub_refresh":{"channel":"a","token":"bob;topic=a"}"#, 3500),
            (#""sub_refresh":{"channel":"a","token":"ann;topic=b"}"#, 3500),
            (#""sub_refresh":{"channel":"a","token":"ann;topic=a;client=another"}"#, 3500),
            (#""sub_refresh":{"channel":"a","token":""}"#, 3501),
        ]
    )
    func badRefresh(_ command: String, _ code: UInt16) async throws {
        try await serveCentrifuge(options: .init(tokens: SpokenTokens())) { test in
            let client = try await test.connected(#""token":"ann""#)
            try await client.result(#""subscribe":{"channel":"a","token":"ann;topic=a"}"#)
            try await client.socket.send(#"{"id":9,\#(command)}"#)
            try await client.expectClose(code)
        }
    }

    @Test("what this server does not offer is error 108, and the connection stays")
    func notOffered() async throws {
        try await serveCentrifuge(options: .init(tokens: SpokenTokens())) { test in
            let client = try await test.connected(#""token":"ann""#)
            for command in [
                #""ping":{}"#, #""sub_refresh":{"channel":"a","token":"x","type":1}"#,
                #""sub_refresh":{"channel":"a","token":"x","type":2}"#, #""subscribe":{"channel":"a","type":2}"#,
            ] { #expect(try await client.error(command) == 108, "\(command)") }
        }
    }

    @Test("a token with more topics than a connection may follow closes it with 3505")
    func tooManyTopics() async throws {
        let options = BroadcastServer.CentrifugeOptions(
            tokens: SpokenTokens(),
            personalPrefix: "#",
            topicsPerConnection: 1
        )
        try await serveCentrifuge(options: options) { test in
            let client = try await test.centrifuge()
            try await client.socket.send(#"{"id":1,"connect":{"token":"ann;topic=a"}}"#)
            try await client.expectClose(3505)
            // its own topic alone is not too many
            let subs = try await test.centrifuge().result(#""connect":{"token":"ann"}"#)["subs"]
            #expect(subs == ["#ann": [:]])
        }
    }

    @Test("a subscription that the program has made until then ends the connection with 3006, and no other")
    func serverSubscriptionExpires() async throws {
        try await serveCentrifuge(options: .init(tokens: SpokenTokens(), expiryGrace: .zero)) { test in
            let (ann, bob) = (try await test.connected(#""token":"ann""#), try await test.connected(#""token":"bob""#))
            let topic = try TopicName("a")
            let soon = FollowTerms(expiresAt: WallClock.seconds + 1)
            #expect(await test.hub.subscribe(SessionSelection(user: "ann"), to: topic, soon) == 1)
            #expect(await test.hub.subscribe(SessionSelection(user: "bob"), to: topic) == 1)
            #expect(try await ann.push() == ["channel": "a", "subscribe": [:]])
            #expect(try await bob.push() == ["channel": "a", "subscribe": [:]])
            try await ann.expectClose(3006)
            try await test.publish("still", to: "a")
            #expect(try await bob.push() == ["channel": "a", "pub": ["data": "still"]])
        }
    }

    @Test("the program ends connections with 3503, or with a code and words of its own")
    func programEnds() async throws {
        try await serveCentrifuge(options: .init(tokens: SpokenTokens())) { test in
            for code in [nil, 3011, 4999] as [UInt16?] {
                let client = try await test.connected(#""token":"ann""#)
                let ended = await test.hub.disconnect(SessionSelection(user: "ann"), code: code, reason: "go")
                #expect(ended == 1)
                let reason = try await client.socket.expectClose()
                #expect(reason.code.rawValue == code ?? 3503 && reason.reason == "go")
            }
        }
    }

    @Test("what the program sends to a user comes as a message of no channel")
    func messageToUser() async throws {
        try await serveCentrifuge(options: .init(tokens: SpokenTokens())) { test in
            let client = try await test.connected(#""token":"ann""#)
            #expect(await test.hub.send("for you", toUser: "ann") == 1)
            #expect(try await client.push() == ["message": ["data": "for you"]])
        }
    }

    @Test("a Protobuf client's payload that is no JSON is error 107 where only JSON may be")
    func payloadRule() async throws {
        try await serveCentrifuge(Namespace("strict", payload: .json)) { test in
            let client = try await test.client("/connection/websocket?format=protobuf")
            // each with its length before it: connect, and publish the byte 0xFF
            try await client.send(ByteBuffer(bytes: [4, 0x08, 1, 0x22, 0]))
            _ = try await client.next()
            let topic = Array("strict:1".utf8)
            let publish = [0x0A, UInt8(topic.count)] + topic + [0x12, 1, 0xFF]
            let command = [0x08, 2, 0x3A, UInt8(publish.count)] + publish
            try await client.send(ByteBuffer(bytes: [UInt8(command.count)] + command))
            var refusal = ByteBuffer()
            ReplyWriter(format: .protobuf).write(.error(id: 2, .badRequest), into: &refusal, isFirst: true)
            try await client.expect(refusal)
        }
    }
}

/// As if so many sessions of one user were subscribed, to whatever it is.
private struct Crowd: Presence {
    let count: Int

    func start(_ delivery: any PresenceDelivery) {}
    func join(_ member: Member, to topic: TopicName, _ options: PresenceOptions) {}
    func leave(_ session: String, from topic: TopicName, _ options: PresenceOptions) {}

    func state(
        of topic: TopicName,
        _ query: PresenceQuery,
        completion: @escaping @Sendable (Result<PresenceState, ChorusError>) -> Void
    ) {
        let members = count > query.limit ? nil : (0..<count).map { Member(id: "\($0)", user: "ann") }
        completion(.success(PresenceState(members: members, count: PresenceCount(sessions: count, users: 1))))
    }
}

/// The token `hangs` is never answered, not even when nobody waits any more; all others are as ``SpokenTokens`` has it.
private struct HangingTokens: TokenVerifier {
    let gate: Gate

    func connection(_ token: String) async throws(TokenRefusal) -> ConnectionToken {
        if token == "hangs" { await gate.pass() }
        return try await SpokenTokens().connection(token)
    }

    func subscription(_ token: String) async throws(TokenRefusal) -> SubscriptionToken {
        if token == "hangs" { await gate.pass() }
        return try await SpokenTokens().subscription(token)
    }
}
