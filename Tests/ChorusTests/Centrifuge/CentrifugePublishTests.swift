import Chorus
import ChorusCore
import ChorusTesting
import ClientSupport
import Foundation
import NIOCore
import Synchronization
import Testing

@Suite("Centrifuge: publishing, presence and calls")
struct CentrifugePublishTests {
    @Test("what a client publishes reaches itself and others, as whom where that is told")
    func publish() async throws {
        try await serveCentrifuge(
            Namespace("chat", presence: PresenceOptions(isTold: true, interval: .zero)),
            options: .init(tokens: SpokenTokens())
        ) { test in
            let client = try await test.centrifuge()
            let id = try await client.result(#""connect":{"token":"ann;info={\"nick\":\"A\"}"}"#)["client"]
            try await client.result(#""subscribe":{"channel":"chat:1"}"#)
            let plain = try await test.client("/ws/chat:1")
            #expect(try await client.result(#""publish":{"channel":"chat:1","data":{"text" : "hi"}}"#) == [:])
            let publication = try await client.publication()["pub"]
            #expect(publication?["data"] == ["text": "hi"])
            #expect(publication?["info"] == ["user": "ann", "client": id ?? .null, "conn_info": ["nick": "A"]])
            // the payload as it was sent
            try await plain.expect(#"{"text" : "hi"}"#)
            try await client.result(#""publish":{"channel":"chat:1","data":"a \"text\""}"#)
            try await plain.expect(#"a "text""#)
        }
    }

    @Test("what may not be published is an error for its sender, and nothing is published")
    func errors() async throws {
        try await serveCentrifuge(
            Namespace("news", publishers: .server),
            Namespace("short", messageSize: 10),
            Namespace("asked"),
            routes: { server in
                server.onPublish { request in
                    guard !request.message.text.contains("bad") else { throw Refusal("not nice") }
                    return request.message
                }
            }
        ) { test in
            let client = try await test.connected()
            for channel in ["news:1", "short:1", "asked:1"] {
                try await client.result(#""subscribe":{"channel":"\#(channel)"}"#)
            }
            #expect(try await client.error(#""publish":{"channel":"news:1","data":1}"#) == 103)
            #expect(try await client.error(#""publish":{"channel":"short:1","data":"12345678901"}"#) == 107)
            #expect(try await client.error(#""publish":{"channel":"","data":1}"#) == 107)
            #expect(try await client.error(#""publish":{"channel":"asked:1"}"#) == 107)
            #expect(try await client.error(#""publish":{"channel":"asked:1","data":1,"type":1}"#) == 108)
            let refused = try await client.ask(#""publish":{"channel":"asked:1","data":"bad"}"#)
            #expect(refused["error"] == ["code": 103, "message": "not nice"])
            try await client.result(#""publish":{"channel":"asked:1","data":"good"}"#)
            #expect(try await client.push() == ["channel": "asked:1", "pub": ["data": "good"]])
            try await client.expectNothing()
        }
    }

    @Test("a client is told that it has joined, after the answer, also where it may come back")
    func ownJoin() async throws {
        // who comes back within an interval has not been told of as gone, and is not told of anew
        let presence = PresenceOptions(grace: .zero, interval: .zero)
        try await serveCentrifuge(Namespace("chat", history: .last(10), presence: presence)) { test in
            let client = try await test.centrifuge()
            let id = try #require(try await client.result(#""connect":{}"#)["client"])
            try await client.result(#""subscribe":{"channel":"chat:1","join_leave":true}"#)
            #expect(try await client.push()["join"]?["info"]?["client"] == id)
            try await client.result(#""unsubscribe":{"channel":"chat:1"}"#)
            let position = try await client.result(#""history":{"channel":"chat:1"}"#)
            let epoch = try #require(position["epoch"]?.string)
            try await client.result(
                #""subscribe":{"channel":"chat:1","join_leave":true,"recover":true,"epoch":"\#(epoch)"}"#
            )
            #expect(try await client.push()["join"]?["info"]?["client"] == id)
        }
    }

    @Test("who is there is told, asked for, and counted")
    func presence() async throws {
        try await serveCentrifuge(
            Namespace("chat", presence: PresenceOptions(grace: .zero, interval: .zero)),
            options: .init(tokens: SpokenTokens())
        ) { test in
            #expect(try await test.connected(#""token":"x""#).error(#""presence":{"channel":"room"}"#) == 108)
            let ann = try await test.connected(#""token":"ann""#)
            try await ann.result(#""subscribe":{"channel":"chat:1","join_leave":true}"#)
            let bob = try await test.centrifuge()
            let id = try #require(try await bob.result(#""connect":{"token":"bob"}"#)["client"])
            try await bob.result(#""subscribe":{"channel":"chat:1"}"#)
            while true {
                let join = try await ann.push()
                if join["join"]?["info"]?["user"] == "ann" { continue }
                #expect(join == ["channel": "chat:1", "join": ["info": ["user": "bob", "client": id]]])
                break
            }
            let present = try await ann.result(#""presence":{"channel":"chat:1"}"#)["presence"]
            #expect(present?[id.string ?? ""] == ["user": "bob", "client": id])
            #expect(present?.fields.count == 2)
            let stats = try await ann.result(#""presence_stats":{"channel":"chat:1"}"#)
            #expect(stats == ["num_clients": 2, "num_users": 2])
            try await bob.result(#""unsubscribe":{"channel":"chat:1"}"#)
            #expect(try await ann.push() == ["channel": "chat:1", "leave": ["info": ["user": "bob", "client": id]]])
        }
    }

    @Test("a payload is one line for those who read lines, in whatever format it was published")
    func lines() async throws {
        try await serveCentrifuge { test in
            let plain = try await test.client("/ws/a")
            let client = try await test.connected()
            try await client.result(#""publish":{"channel":"a","data":[1,"# + "\r" + "2]}")
            try await plain.expect("[1,2]")
            let binary = try await test.client("/connection/websocket?format=protobuf")
            try await binary.send(ByteBuffer(bytes: [4, 0x08, 1, 0x22, 0]))
            let data = Array("[\n{\"id\":2}\n]".utf8)
            let request = [0x0A, 1, UInt8(ascii: "a"), 0x12, UInt8(data.count)] + data
            let command = [0x08, 2, 0x3A, UInt8(request.count)] + request
            try await binary.send(ByteBuffer(bytes: [UInt8(command.count)] + command))
            try await plain.expect(#"[{"id":2}]"#)
        }
    }

    @Test("procedures of the program are called by name, several at once, and fail by themselves")
    func calls() async throws {
        let log = Recorder()
        let sent = Mutex<[String]>([])
        try await serve(
            log: log,
            routes: { server in
                server.centrifuge(
                    at: "/connection/websocket",
                    .init(callTime: .milliseconds(500), callsPerConnection: 2)
                )
                server.onRPC("twice") { request in "\(request.text)\(request.text)" }
                server.onRPC("late") { _ in
                    // hangs until it is cancelled
                    try await Task.sleep(for: .seconds(60))
                    return Message("never")
                }
                server.onRPC("refused") { _ -> Message in throw Refusal(status: 403, "no") }
                server.onRPC("") { request in Message(.json, request.data) }
                server.onSend { request in sent.withLock { $0.append(request.text) } }
            }
        ) { test in
            let client = try await test.connected()
            #expect(try await client.result(#""rpc":{"method":"twice","data":12}"#) == ["data": "1212"])
            #expect(try await client.result(#""rpc":{"data":{"a":[1]}}"#) == ["data": ["a": [1]]])
            #expect(try await client.error(#""rpc":{"method":"unknown"}"#) == 104)
            #expect(try await client.error(#""rpc":{"method":"refused"}"#) == 103)
            // a quick one passes a slow one by
            try await client.socket.send(#"{"id":90,"rpc":{"method":"late"}}"#)
            #expect(try await client.result(#""rpc":{"method":"twice","data":1}"#) == ["data": "11"])
            // beyond two, what comes waits until one of them is over
            try await client.socket.send(
                #"{"id":91,"rpc":{"method":"late"}}"# + "\n" + #"{"id":92,"rpc":{"method":"twice","data":2}}"#
            )
            let over = try await client.socket.json()
            #expect([90, 91].contains(over["id"]?.int) && over["error"]?["code"] == 100)
            #expect(try await client.reply(92)["rpc"] == ["data": "22"])
            try await client.socket.send(#"{"send":{"data":"one way"}}"#)
            #expect(try await client.error(#""presence":{"channel":"a"}"#) == 108)
            #expect(sent.withLock { $0 } == [#""one way""#])
        }
        #expect(log.remarks.count == 1)
    }

    @Test("without procedures calls are not available, and what nobody takes closes with 3508")
    func noCalls() async throws {
        try await serveCentrifuge { test in
            let client = try await test.connected()
            #expect(try await client.error(#""rpc":{"method":"a"}"#) == 108)
            try await client.socket.send(#"{"send":{"data":1}}"#)
            try await client.expectClose(3508)
        }
    }

    @Test("more calls than the server takes get error 111")
    func tooManyCalls() async throws {
        let turnstile = AsyncStream.makeStream(of: Void.self)
        let begun = AsyncStream.makeStream(of: Void.self)
        try await serveCentrifuge(
            configure: { $0.limits.calls = 1 },
            routes: { server in
                server.onRPC("wait") { _ in
                    begun.continuation.yield()
                    for await _ in turnstile.stream { break }
                    return Message("done")
                }
            }
        ) { test in
            let (one, two) = (try await test.connected(), try await test.connected())
            async let first = one.ask(#""rpc":{"method":"wait"}"#)
            for await _ in begun.stream { break }
            let refused = try await two.ask(#""rpc":{"method":"wait"}"#)["error"]
            #expect(refused == ["code": 111, "message": "too many requests", "temporary": true])
            turnstile.continuation.finish()
            #expect(try await first["rpc"] == ["data": "done"])
            #expect(try await two.result(#""rpc":{"method":"wait"}"#) == ["data": "done"])
        }
    }

    @Test("tokens expire: who shows a new one stays, others are closed, or lose the subscription")
    func expiry() async throws {
        try await serveCentrifuge(
            options: .init(tokens: SpokenTokens(), expiryGrace: .zero)
        ) { test in
            let soon = Int(Date.now.timeIntervalSince1970) + 2
            let client = try await test.centrifuge()
            let connected = try await client.result(#""connect":{"token":"ann;expires=\#(soon)"}"#)
            #expect(connected["expires"] == true && [1, 2].contains(connected["ttl"]?.int))
            let idle = try await test.connected(#""token":"ann;expires=\#(soon)""#)
            let subscription = try await client.result(
                #""subscribe":{"channel":"a","token":"ann;topic=a;expires=\#(soon)"}"#
            )
            #expect(subscription["expires"] == true && [1, 2].contains(subscription["ttl"]?.int))
            try await client.result(#""subscribe":{"channel":"b","token":"ann;topic=b;expires=\#(soon)"}"#)
            let refreshed = try await client.result(#""refresh":{"token":"ann;expires=\#(soon + 600)"}"#)
            #expect(refreshed["expires"] == true && refreshed["ttl"]?.int ?? 0 > 500)
            let again = try await client.result(
                #""sub_refresh":{"channel":"b","token":"ann;topic=b;expires=\#(soon + 600)"}"#
            )
            #expect(again["expires"] == true && again["ttl"]?.int ?? 0 > 500)
            #expect(try await client.error(#""sub_refresh":{"channel":"c","token":"ann;topic=c"}"#) == 103)
            let ended: JSON = ["channel": "a", "unsubscribe": ["code": 2501, "reason": "subscription expired"]]
            #expect(try await client.push() == ended)
            try await idle.expectClose(3005)
            try await test.publish("still", to: "b")
            #expect(try await client.push() == ["channel": "b", "pub": ["data": "still"]])
            try await client.socket.send(#"{"id":77,"refresh":{"token":"bob"}}"#)
            try await client.expectClose(3500)
        }
    }
}
