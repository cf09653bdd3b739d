import ChorusClient
import ClientSupport
import Testing

/// `chorus serve` with what `chorus config import` makes of a configuration of Centrifugo 6 lets in whom the original
/// lets in, and lets them do what they may there.
@Suite("An imported configuration, served: who may do what")
struct ImportedAccessTests {
    @Test("tokens of the old key, pages of the old origins and backends with the old key come in, and no others")
    func doors() async throws {
        let server = try await ImportedServer()
        let ann = try await server.token("ann")

        // tokens
        let forged = try await server.token("ann", secret: "another one, which is just as long")
        try await CentrifugeClient(port: server.port).expectClose(3501, after: #""connect":{}"#)
        try await CentrifugeClient(port: server.port).expectClose(3500, after: #""connect":{"token":"\#(forged)"}"#)
        // origins
        await #expect {
            _ = try await CentrifugeClient(port: server.port, origin: "https://example.org")
        } throws: {
            ($0 as? WebSocketClientError)?.response?.status == 403
        }
        let page = try await CentrifugeClient(port: server.port, origin: "https://example.com")
        let connected = try await page.connect(ann)
        #expect(connected["ping"] == 20 && connected["pong"] == true)
        // keys
        let body = #"{"channel":"news:1","data":"x"}"#
        for fields in [[], ["X-API-Key: another"], ["Authorization: apikey another"]] {
            #expect(try await server.chorus.ask("/api/publish", headers: fields, post: body).status == 401, "\(fields)")
        }
        for field in ["X-API-Key: \(ImportedServer.key)", "Authorization: apikey \(ImportedServer.key)"] {
            let answer = try await server.chorus.ask("/api/publish", headers: [field], post: body)
            #expect(answer.status == 200 && answer.body.hasPrefix(#"{"result":{"#), "\(answer)")
        }
        // messages
        let long = String(repeating: "x", count: 5000)
        try await page.expectClose(1009, after: #""rpc":{"method":"any","data":"\#(long)"}"#)
        #expect(server.chorus.isRunning)
    }

    @Test("clients publish where they might, and nowhere else; channels of other namespaces are unknown to everybody")
    func publishers() async throws {
        let server = try await ImportedServer()
        let (ann, annInfo) = try await server.client("ann")
        let (bob, bobInfo) = try await server.client("bob")
        func publish(_ channel: String) -> String { #""publish":{"channel":"\#(channel)","data":"hi"}"# }

        // subscribers; who has published is said
        #expect(try await ann.refusal(publish("chat:1")) == 103)
        try await bob.subscribe("chat:1")
        #expect(try await bob.push()["join"] != nil)
        try await ann.subscribe("chat:1")
        #expect(try await bob.push()["join"] == ["info": annInfo])
        #expect(try await ann.refusal(publish("chat:1")) == nil)
        #expect(try await bob.push() == ["channel": "chat:1", "pub": .publication("hi", 1, from: annInfo)])
        // every user
        try await bob.subscribe("direct:1#bob")
        #expect(try await bob.refusal(publish("direct:2")) == nil)
        #expect(try await bob.refusal(publish("direct:1#bob")) == nil)
        #expect(try await bob.push() == ["channel": "direct:1#bob", "pub": .publication("hi", from: bobInfo)])
        // nobody
        for channel in ["news:1", "plain"] {
            try await ann.subscribe(channel)
            try await bob.subscribe(channel)
            #expect(try await ann.refusal(publish(channel)) == 103, "\(channel)")
        }
        #expect(try await ann.refusal(publish("paid:1")) == 103)
        // but backends
        for (channel, offset) in [("news:1", 1), ("plain", nil)] {
            try await server.publish(channel, "from a backend")
            let push = try await bob.push()
            #expect(push == ["channel": .text(channel), "pub": .publication("from a backend", offset)])
        }

        for command in ["subscribe", "presence", "presence_stats", "history"] {
            #expect(try await ann.refusal(#""\#(command)":{"channel":"other:1"}"#) == 102, "\(command)")
        }
        #expect(try await ann.refusal(publish("other:1")) == 102)
        await #expect {
            try await server.publish("other:1", "x")
        } throws: {
            "\($0)".contains(#""code":102"#)
        }
        try await bob.expectNothing()
        #expect(server.chorus.isRunning)
    }

    @Test("channels that name users are theirs, and those without permissions are for who has a token for them")
    func limited() async throws {
        let server = try await ImportedServer()
        let (ann, _) = try await server.client("ann")
        let (eve, _) = try await server.client("eve")
        func subscribe(_ channel: String, token: String = "") -> String {
            #""subscribe":{"channel":"\#(channel)","token":"\#(token)"}"#
        }
        let channel = "direct:dialog#bob,ann"
        #expect(try await ann.refusal(subscribe(channel)) == nil)
        #expect(try await eve.refusal(subscribe(channel)) == 103)
        try await server.publish(channel, "for two")
        #expect(try await ann.push()["pub"]?["data"] == "for two")
        // where no users are named, nobody is
        #expect(try await ann.refusal(subscribe("direct:dialog")) == 103)

        #expect(try await ann.refusal(subscribe("paid:1")) == 103)
        #expect(try await ann.refusal(subscribe("$chat:1")) == 103)
        let tickets = (
            try await server.token("ann", "--subscribe", "paid:1"),
            try await server.token("ann", "--subscribe", "paid:1", secret: "another one, which is just as long")
        )
        #expect(try await ann.refusal(subscribe("paid:1", token: tickets.1)) == 103)
        #expect(try await ann.refusal(subscribe("paid:1", token: tickets.0)) == nil)
        try await server.publish("paid:1", "for money")
        #expect(try await ann.push()["pub"]?["data"] == "for money")
        try await eve.expectNothing()
        try await eve.expectClose(3500, after: subscribe("paid:1", token: tickets.0))
        #expect(server.chorus.isRunning)
    }

    @Test("clients without a token, where they might connect, have what is for everybody and nothing else")
    func anonymous() async throws {
        let original = """
            {
              "http_server": {"address": "127.0.0.1"},
              "client": {
                "token": {"hmac_secret_key": "\(ImportedServer.secret)"},
                "allow_anonymous_connect_without_token": true
              },
              "channel": {
                "namespaces": [
                  {"name": "open", "allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true,
                   "allow_publish_for_client": true, "allow_publish_for_anonymous": true},
                  {"name": "read", "allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true,
                   "allow_publish_for_client": true},
                  {"name": "users", "allow_subscribe_for_client": true, "allow_publish_for_client": true}
                ]
              },
              "http_api": {"key": "\(ImportedServer.key)"}
            }
            """
        let server = try await ImportedServer(original, remarks: [])
        let nobody = try await CentrifugeClient(port: server.port)
        let connected = try await nobody.connect("")
        #expect(connected["subs"] == nil && connected["ping"] == 25)
        let (ann, annInfo) = try await server.client("ann")
        let nameless: JSON = ["user": "", "client": try #require(connected["client"])]
        for (channel, mayRead, maySpeak) in [
            ("open:1", true, true), ("read:1", true, false), ("users:1", false, false),
        ] {
            let subscribe = #""subscribe":{"channel":"\#(channel)"}"#
            let publish = #""publish":{"channel":"\#(channel)","data":"hi"}"#
            #expect(try await nobody.refusal(subscribe) == (mayRead ? nil : 103), "\(channel)")
            #expect(try await nobody.refusal(publish) == (maySpeak ? nil : 103), "\(channel)")
            #expect(try await ann.refusal(publish) == nil, "\(channel)")
            #expect(try await ann.refusal(subscribe) == nil, "\(channel)")
            for (info, isTold) in [(nameless, maySpeak), (annInfo, mayRead)] where isTold {
                let push = try await nobody.push()
                #expect(push == ["channel": .text(channel), "pub": .publication("hi", from: info)])
            }
        }
        // what nothing is said of is for nobody
        for client in [nobody, ann] {
            #expect(try await client.refusal(#""subscribe":{"channel":"plain"}"#) == 103)
            #expect(try await client.refusal(#""publish":{"channel":"plain","data":"hi"}"#) == 103)
        }
        try await nobody.expectNothing()
        #expect(server.chorus.isRunning)
    }
}
