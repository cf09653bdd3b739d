import Chorus
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("Centrifuge: subscriptions")
struct CentrifugeSubscribeTests {
    @Test("a subscriber receives what is published anywhere, in the protocol's form")
    func publications() async throws {
        try await serveCentrifuge { test in
            let client = try await test.connected()
            #expect(try await client.result(#""subscribe":{"channel":"room"}"#) == [:])
            let plain = try await test.client("/ws/room")
            try await plain.send("hi \"there\"")
            #expect(try await client.push() == ["channel": "room", "pub": ["data": "hi \"there\""]])
            try await test.hub.publish(Message(json: ["a": 1], tags: ["lang": "en"]), to: TopicName("room"))
            let tagged: JSON = ["channel": "room", "pub": ["data": ["a": 1], "tags": ["lang": "en"]]]
            #expect(try await client.push() == tagged)
            try await test.hub.publish(Message(.binary, ByteBuffer(bytes: [0, 255])), to: TopicName("room"))
            let binary: JSON = ["channel": "room", "pub": ["data": "AP8=", "tags": ["encoding": "base64"]]]
            #expect(try await client.push() == binary)
            // a line break is nothing in JSON, and the end of a reply on the wire
            try await test.hub.publish(Message(.json, ByteBuffer(string: "[1,\n2]")), to: TopicName("room"))
            #expect(try await client.push() == ["channel": "room", "pub": ["data": [1, 2]]])
            #expect(try await client.result(#""unsubscribe":{"channel":"room"}"#) == [:])
            try await test.publish("gone", to: "room")
            try await client.expectNothing()
        }
    }

    @Test("what may not be is an error, and the connection stays")
    func errors() async throws {
        try await serveCentrifuge(
            Namespace("closed", subscribers: .server),
            Namespace("users", subscribers: .authenticated),
            options: .init(topicsPerConnection: 2),
            userSeparator: "#",
            privatePrefix: "$"
        ) { test in
            let client = try await test.connected()
            try await client.result(#""subscribe":{"channel":"room"}"#)
            let long = String(repeating: "x", count: 256)
            for (command, code) in [
                (#"{"channel":"room"}"#, 105), (#"{"channel":"closed:1"}"#, 103), (#"{"channel":"users:1"}"#, 103),
                (#"{"channel":"$secret"}"#, 103), (#"{"channel":"dialog#42"}"#, 103),
                (#"{"channel":"\#(long)"}"#, 107), (#"{"channel":"a\u0001"}"#, 107),
                (#"{"channel":"a","type":1}"#, 108),
                (#"{"channel":"a","tf":{"key":"a","cmp":"eq","val":"b"}}"#, 107),
                (#"{"channel":"a","token":"x"}"#, 103),
            ] { #expect(try await client.error("\"subscribe\":\(command)") == code, "\(command)") }
            try await client.result(#""subscribe":{"channel":"second"}"#)
            #expect(try await client.error(#""subscribe":{"channel":"third"}"#) == 106)
            // what is not there can be left
            #expect(try await client.result(#""unsubscribe":{"channel":"never"}"#) == [:])
            try await client.result(#""unsubscribe":{"channel":"second"}"#)
            try await client.result(#""subscribe":{"channel":"third"}"#)
        }
    }

    @Test("a subscription's token opens what is closed; it is for one user, one topic, one client")
    func tokens() async throws {
        try await serveCentrifuge(
            Namespace("closed", subscribers: .server),
            options: .init(tokens: SpokenTokens())
        ) { test in
            func subscribe(_ token: String) -> String {
                #""subscribe":{"channel":"closed:1","token":"\#(token)"}"#
            }
            let ann = try await test.connected(#""token":"ann""#)
            #expect(try await ann.error(subscribe("invalid")) == 103)
            #expect(try await ann.error(subscribe("expired")) == 109)
            let answer = try await ann.result(subscribe("ann;topic=closed:1;data=[7]"))
            #expect(answer["data"] == [7])
            #expect(try await ann.error(#""subscribe":{"channel":"closed:2"}"#) == 103)
            for token in ["bob;topic=closed:1", "ann;topic=closed:2", "ann;topic=closed:1;client=other"] {
                let client = try await test.connected(#""token":"ann""#)
                try await client.socket.send(#"{"id":5,\#(subscribe(token))}"#)
                try await client.expectClose(3500)
            }
        }
    }

    @Test("topics that are meant for users are for nobody else, on no endpoint")
    func userLimited() async throws {
        try await serveCentrifuge(
            options: .init(tokens: SpokenTokens(), personalPrefix: "#"),
            userSeparator: "#",
            routes: { $0.authenticate { $0.query["user"] } }
        ) { test in
            let ann = try await test.centrifuge()
            let connected = try await ann.result(#""connect":{"token":"42"}"#)
            #expect(connected["subs"]?.fields.keys.sorted() == ["#42"])
            try await ann.result(#""subscribe":{"channel":"dialog#41,42"}"#)
            let bob = try await test.connected(#""token":"4""#)
            #expect(try await bob.error(#""subscribe":{"channel":"dialog#41,42"}"#) == 103)
            #expect(try await bob.error(##""publish":{"channel":"#42","data":1}"##) == 103)
            #expect(try await bob.error(##""history":{"channel":"#42"}"##) == 103)
            try await bob.result(##""publish":{"channel":"#4","data":1}"##)
            let raw = try await test.raw()
            try await raw.send(RawSocket.request("/ws/%2342?user=4"))
            try await raw.expectRefusal(403)
            let own = try await test.client("/ws/%2342?user=42")
            try await own.send("for you")
            #expect(try await ann.push() == ["channel": "#42", "pub": ["data": "for you"]])
        }
    }

    @Test(
        "whom a topic's name names may follow it whoever else may; the last separator counts, and `$` is no namespace"
    )
    func names() async throws {
        try await serveCentrifuge(
            Namespace("closed", history: .last(10), subscribers: .server),
            options: .init(tokens: SpokenTokens()),
            userSeparator: "#",
            privatePrefix: "$"
        ) { test in
            let ann = try await test.connected(##""token":"42","name":"test","version":"1.2""##)
            try await ann.result(##""subscribe":{"channel":"closed:a#b#41,42"}"##)
            #expect(try await ann.error(##""subscribe":{"channel":"closed:a#42#41"}"##) == 103)
            #expect(try await ann.error(##""subscribe":{"channel":"closed:a"}"##) == 103)
            let answer = try await ann.result(#""subscribe":{"channel":"$closed:1","token":"42;topic=$closed:1"}"#)
            #expect(answer["recoverable"] == true)
            let info = try #require(await test.hub.connections.list().first?.transport)
            #expect(info.clientName == "test" && info.clientVersion == "1.2")
        }
    }

    @Test("a hook decides, and says what presence says")
    func hooks() async throws {
        try await serveCentrifuge(
            Namespace("room", presence: true),
            options: .init(tokens: SpokenTokens()),
            routes: { server in
                server.onSubscribe { request in
                    guard request.connection.user == "ann" else { throw Refusal(status: 403, "only Ann") }
                    guard request.topic.description != "room:lost" else { throw Refusal(status: 404, "no such room") }
                    guard request.topic.description != "room:odd" else { throw Refusal(status: 451, "by law") }
                    return .allowed(info: ["role": "owner"])
                }
            }
        ) { test in
            let ann = try await test.connected(#""token":"ann;info={\"nick\":\"A\"}""#)
            try await ann.result(#""subscribe":{"channel":"room:1"}"#)
            let present = try await ann.result(#""presence":{"channel":"room:1"}"#)["presence"]
            let member = try #require(present?.fields.values.first)
            #expect(member["user"] == "ann")
            #expect(member["conn_info"] == ["nick": "A"])
            #expect(member["chan_info"] == ["role": "owner"])
            #expect(try await ann.error(#""subscribe":{"channel":"room:lost"}"#) == 102)
            let odd = try await ann.ask(#""subscribe":{"channel":"room:odd"}"#)
            #expect(odd["error"] == ["code": 451, "message": "by law"])
            let bob = try await test.connected(#""token":"bob""#)
            #expect(try await bob.error(#""subscribe":{"channel":"room:1"}"#) == 103)
            #expect(try await bob.error(#""presence":{"channel":"room:1"}"#) == 103)
        }
    }

    @Test("a hook is told what the client says with its command")
    func data() async throws {
        try await serveCentrifuge(
            routes: { server in
                server.relay(at: "/rooms/{topic}")
                server.onSubscribe { request in
                    let said = request.data.map { String(buffer: $0) }
                    guard said == (request.topic.description == "room" ? #"{"password": 1}"# : nil) else {
                        throw Refusal(status: 403, "the password")
                    }
                    return .allowed
                }
            }
        ) { test in
            let client = try await test.connected()
            #expect(try await client.error(#""subscribe":{"channel":"room"}"#) == 103)
            #expect(try await client.error(#""subscribe":{"channel":"room","data":{"password":2}}"#) == 103)
            try await client.result(#""subscribe":{"channel":"room","data":{"password": 1}}"#)
            try await client.result(#""subscribe":{"channel":"hall"}"#)
            let plain = try await test.client("/rooms/hall")
            try await plain.send("hi")
            #expect(try await client.publication()["pub"]?["data"] == "hi")
        }
    }

    @Test("a hook that hangs is an error after its time, and others go on meanwhile")
    func hangingHook() async throws {
        let log = Recorder()
        try await serve(
            hub: Hub(),
            log: log,
            configure: { $0.limits.hookTime = .milliseconds(300) },
            routes: { server in
                server.centrifuge()
                server.onSubscribe { request in
                    // hangs until it is cancelled
                    if request.topic.description == "slow" { try await Task.sleep(for: .seconds(60)) }
                    return .allowed
                }
            }
        ) { test in
            let (one, two) = (try await test.connected(), try await test.connected())
            async let late = one.ask(#""subscribe":{"channel":"slow"}"#)
            try await two.result(#""subscribe":{"channel":"fast"}"#)
            #expect(try await late["error"] == ["code": 100, "message": "internal server error", "temporary": true])
            try await one.result(#""subscribe":{"channel":"fast"}"#)
        }
        #expect(log.remarks.count == 1)
    }

    @Test("subscribing and leaving in one frame, again and again, ends as the last command wants it")
    func races() async throws {
        try await serveCentrifuge(Namespace("kept", history: .last(10))) { test in
            let client = try await test.connected()
            var frame: [String] = []
            for id in 0..<100 {
                let command = id.isMultiple(of: 2) ? "subscribe" : "unsubscribe"
                frame.append(#"{"id":\#(1000 + id),"\#(command)":{"channel":"kept:1"}}"#)
            }
            try await client.socket.send(frame.joined(separator: "\n"))
            for id in 0..<100 { #expect(try await client.reply(1000 + id)["error"] == nil) }
            try await test.publish("nobody is here", to: "kept:1")
            try await client.expectNothing()
            try await client.result(#""subscribe":{"channel":"kept:1"}"#)
            try await test.publish("here", to: "kept:1")
            #expect(try await client.publication()["pub"]?["data"] == "here")
        }
    }

    @Test("the server's subscriptions stand in the answer to connect, and nothing of them comes before it")
    func serverSide() async throws {
        try await serveCentrifuge(
            Namespace("kept", history: .last(10)),
            options: .init(tokens: SpokenTokens(), personalPrefix: "#")
        ) { test in
            try await test.publish("before", to: "kept:1")
            let client = try await test.centrifuge()
            let result = try await client.result(#""connect":{"token":"ann;topic=kept:1"}"#)
            #expect(result["subs"]?["#ann"] == [:])
            let kept = try #require(result["subs"]?["kept:1"])
            #expect(kept["offset"] == 1 && kept["recoverable"] == true && kept["positioned"] == true)
            let epoch = try #require(kept["epoch"]?.string)
            try await test.publish("after", to: "kept:1")
            #expect(try await client.push() == ["channel": "kept:1", "pub": ["data": "after", "offset": 2]])
            // it is the server's, and the client cannot make it again
            #expect(try await client.error(#""subscribe":{"channel":"kept:1"}"#) == 105)
            let again = try await test.centrifuge()
            let back = try await again.result(
                #""connect":{"token":"ann;topic=kept:1","subs":{"kept:1":{"recover":true,"epoch":"\#(epoch)","offset":1}}}"#
            )
            #expect(back["subs"]?["kept:1"]?["recovered"] == true)
            #expect(try await again.push() == ["channel": "kept:1", "pub": ["data": "after", "offset": 2]])
            // the program takes them out
            let ended = await test.hub.unsubscribe(user: "ann", from: try TopicName("kept:1"))
            #expect(ended == 2)
            let push: JSON = ["channel": "kept:1", "unsubscribe": ["code": 2000, "reason": "server unsubscribe"]]
            #expect(try await again.push() == push)
        }
    }
}
