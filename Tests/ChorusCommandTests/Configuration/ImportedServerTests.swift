import ChorusClient
import ChorusTesting
import Foundation
import Testing

/// `chorus serve` with what `chorus config import` makes of a configuration of Centrifugo 6: what clients and backends
/// are told is what the original tells them.
@Suite("An imported configuration, served")
struct ImportedServerTests {
    /// What a backend has published.
    private func publication(_ text: String, _ offset: Int? = nil) -> SDKReply.Publication {
        SDKReply.Publication(data: text, offset: offset)
    }

    @Test("tokens of the old key, pages of the old origins and backends with the old key come in, and no others")
    func doors() async throws {
        let server = try await ImportedServer()
        let ann = try await server.token("ann")

        // tokens
        let forged = try await server.token("ann", secret: "another one, which is just as long")
        try await SDKClient(port: server.port).expectClose(3501, after: #""connect":{}"#)
        try await SDKClient(port: server.port).expectClose(3500, after: #""connect":{"token":"\#(forged)"}"#)
        // origins
        await #expect {
            _ = try await SDKClient(port: server.port, origin: "https://example.org")
        } throws: {
            ($0 as? WebSocketClientError)?.response?.status == 403
        }
        let page = try await SDKClient(port: server.port, origin: "https://example.com")
        let connected = try await page.connect(ann)
        #expect(connected.ping == 20 && connected.pong == true)
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

    @Test("a user is in his personal channel from the beginning, and nobody else is; what he misses he is given")
    func personal() async throws {
        let server = try await ImportedServer()
        let (bob, _) = try await server.client("bob")
        let token = try await server.token("ann")
        try await TestProxy.run(to: server.port) { proxy in
            let ann = try await SDKClient(port: proxy.port)
            let connected = try await ann.connect(token)
            #expect(connected.subs.map { Array($0.keys) } == ["personal:#ann"])
            let start = try #require(connected.subs?["personal:#ann"])
            #expect(start.recoverable == true && start.positioned == true)
            let epoch = try #require(start.epoch)
            try await server.publish("personal:#ann", "one")
            #expect(try await ann.push() == SDKReply.Push(channel: "personal:#ann", pub: publication("one", 1)))

            proxy.cut()
            for text in ["two", "three"] { try await server.publish("personal:#ann", text) }
            for (asked, isRight) in [(epoch, true), ("AbCd", false)] {
                let later = try await SDKClient(port: server.port)
                let position = #"{"recover":true,"epoch":"\#(asked)","offset":1}"#
                let back = try await later.connect(token, positions: #"{"personal:#ann":\#(position)}"#)
                let subscribed = try #require(back.subs?["personal:#ann"])
                #expect(subscribed.was_recovering == true && subscribed.epoch == epoch)
                #expect(subscribed.recovered ?? false == isRight)
                if isRight { #expect(try await later.publications(2) == [("two", 2), ("three", 3)].map(publication)) }
                try await later.expectNothing()
            }
        }
        // it is not for others
        for command in ["subscribe", "publish"] {
            for channel in ["personal:#ann", "personal:ann"] {
                let error = try await bob.error(#""\#(command)":{"channel":"\#(channel)","data":"x"}"#)
                #expect(error == 103, "\(command) \(channel)")
            }
        }
        try await bob.expectNothing()
        #expect(server.chorus.isRunning)
    }

    @Test("subscribers are told of every join and leave, also of who comes back at once, and may ask who is there")
    func presence() async throws {
        let server = try await ImportedServer()
        let (ann, annInfo) = try await server.client("ann")
        try await ann.subscribe("chat:1")
        func join(_ info: SDKReply.Info) -> SDKReply.Push { .init(channel: "chat:1", join: .init(info: info)) }
        func leave(_ info: SDKReply.Info) -> SDKReply.Push { .init(channel: "chat:1", leave: .init(info: info)) }
        #expect(try await ann.push() == join(annInfo))

        try await TestProxy.run(to: server.port) { proxy in
            let (bob, bobInfo) = try await server.client("bob", through: proxy.port)
            try await bob.subscribe("chat:1")
            #expect(try await ann.push() == join(bobInfo))
            #expect(try await bob.push() == join(bobInfo))
            let presence = try await ann.ask(#""presence":{"channel":"chat:1"}"#).presence
            #expect(presence?.presence == [annInfo.client: annInfo, bobInfo.client: bobInfo])
            let ofBackend = try await server.ask("presence", #"{"channel":"chat:1"}"#)
            #expect((ofBackend["presence"] as? [String: Any]).map { Set($0.keys) } == [annInfo.client, bobInfo.client])

            try await bob.ask(#""unsubscribe":{"channel":"chat:1"}"#)
            #expect(try await ann.push() == leave(bobInfo))
            try await bob.subscribe("chat:1")
            #expect(try await ann.push() == join(bobInfo))
            // who comes back at once has been away; the server may notice the one first or the other
            proxy.cut()
            let (again, againInfo) = try await server.client("bob")
            try await again.subscribe("chat:1")
            var pushes = [try await ann.push(), try await ann.push()]
            if pushes[0]?.leave == nil { pushes.reverse() }
            #expect(pushes == [leave(bobInfo), join(againInfo)])

            // each connection of a user counts
            let (more, moreInfo) = try await server.client("bob")
            try await more.subscribe("chat:1")
            #expect(try await ann.push() == join(moreInfo))
            let stats = try await ann.ask(#""presence_stats":{"channel":"chat:1"}"#).presence_stats
            #expect(stats?.num_clients == 3 && stats?.num_users == 2)
            try await again.ask(#""unsubscribe":{"channel":"chat:1"}"#)
            #expect(try await ann.push() == leave(againInfo))
            try await more.ask(#""unsubscribe":{"channel":"chat:1"}"#)
            #expect(try await ann.push() == leave(moreInfo))
        }
        // and nowhere else
        for channel in ["news:1", "plain"] {
            let (bob, _) = try await server.client("bob")
            try await ann.subscribe(channel)
            try await bob.subscribe(channel)
            for command in ["presence", "presence_stats"] {
                #expect(try await ann.error(#""\#(command)":{"channel":"\#(channel)"}"#) == 108)
            }
        }
        try await ann.expectNothing()
        #expect(server.chorus.isRunning)
    }

    @Test("every join is told, however many are there")
    func crowd() async throws {
        let server = try await ImportedServer()
        let (ann, annInfo) = try await server.client("ann")
        try await ann.subscribe("chat:1")
        #expect(try await ann.push()?.join?.info == annInfo)
        let token = try await server.token("bob")
        var others: [SDKClient] = []
        var clients: Set<String> = []
        for _ in 0..<210 {
            let other = try await SDKClient(port: server.port)
            clients.insert(try await other.connect(token).client)
            try await other.subscribe("chat:1")
            others.append(other)
        }
        var told: Set<String> = []
        for _ in clients { told.insert(try #require(try await ann.push()?.join?.info.client)) }
        #expect(told == clients && clients.count == 210)
        let stats = try await ann.ask(#""presence_stats":{"channel":"chat:1"}"#).presence_stats
        #expect(stats?.num_clients == 211 && stats?.num_users == 2)
        withExtendedLifetime(others) {}
        #expect(server.chorus.isRunning)
    }

    @Test("clients publish where they might, and nowhere else; channels of other namespaces are unknown to everybody")
    func publishers() async throws {
        let server = try await ImportedServer()
        let (ann, annInfo) = try await server.client("ann")
        let (bob, bobInfo) = try await server.client("bob")
        func publish(_ channel: String) -> String { #""publish":{"channel":"\#(channel)","data":"hi"}"# }

        // subscribers; who has published is said
        #expect(try await ann.error(publish("chat:1")) == 103)
        try await bob.subscribe("chat:1")
        #expect(try await bob.push()?.join != nil)
        try await ann.subscribe("chat:1")
        #expect(try await bob.push()?.join?.info == annInfo)
        #expect(try await ann.error(publish("chat:1")) == nil)
        let said = SDKReply.Publication(data: "hi", info: annInfo, offset: 1)
        #expect(try await bob.push() == SDKReply.Push(channel: "chat:1", pub: said))
        // every user
        try await bob.subscribe("direct:1#bob")
        #expect(try await bob.error(publish("direct:2")) == nil)
        #expect(try await bob.error(publish("direct:1#bob")) == nil)
        let own = SDKReply.Publication(data: "hi", info: bobInfo)
        #expect(try await bob.push() == SDKReply.Push(channel: "direct:1#bob", pub: own))
        // nobody
        for channel in ["news:1", "plain"] {
            try await ann.subscribe(channel)
            try await bob.subscribe(channel)
            #expect(try await ann.error(publish(channel)) == 103, "\(channel)")
        }
        #expect(try await ann.error(publish("paid:1")) == 103)
        // but backends
        for (channel, offset) in [("news:1", 1), ("plain", nil)] {
            try await server.publish(channel, "from a backend")
            let push = SDKReply.Push(channel: channel, pub: publication("from a backend", offset))
            #expect(try await bob.push() == push)
        }

        for command in ["subscribe", "presence", "presence_stats", "history"] {
            #expect(try await ann.error(#""\#(command)":{"channel":"other:1"}"#) == 102, "\(command)")
        }
        #expect(try await ann.error(publish("other:1")) == 102)
        await #expect {
            try await server.publish("other:1", "x")
        } throws: {
            "\($0)".contains(#""code":102"#)
        }
        try await bob.expectNothing()
        #expect(server.chorus.isRunning)
    }

    @Test("what a channel keeps is read with its positions, and given to who lost its connection, as far as it is kept")
    func recovery() async throws {
        let server = try await ImportedServer()
        let token = try await server.token("ann")
        try await TestProxy.run(to: server.port) { proxy in
            let first = try await SDKClient(port: proxy.port)
            try await first.connect(token)
            let start = try await first.subscribe("chat:1")
            #expect(start.recoverable == true && start.positioned == true && start.offset ?? 0 == 0)
            let epoch = try #require(start.epoch)
            let accepted = try await server.publish("chat:1", "1")
            #expect(accepted["offset"] as? Int == 1 && accepted["epoch"] as? String == epoch)
            #expect(try await first.publications(1) == [publication("1", 1)])

            proxy.cut()
            for text in ["2", "3", "4"] { try await server.publish("chat:1", text) }
            let again = try await SDKClient(port: server.port)
            try await again.connect(token)
            let recover = { (offset: Int) in #","recover":true,"epoch":"\#(epoch)","offset":\#(offset)"# }
            let back = try await again.subscribe("chat:1", recover(1))
            #expect(back.recovered == true && back.was_recovering == true && back.epoch == epoch)
            #expect(back.offset == 1)
            let missed = try await again.publications(3)
            #expect(missed == (2...4).map { publication("\($0)", $0) })
            try await server.publish("chat:1", "5")
            #expect(try await again.publications(1) == [publication("5", 5)])

            // three are kept
            let history = try await again.ask(#""history":{"channel":"chat:1","limit":-1}"#).history
            #expect(history?.publications.map(\.offset) == [3, 4, 5])
            #expect(history?.epoch == epoch && history?.offset == 5)
            let since = #""since":{"epoch":"\#(epoch)","offset":5},"reverse":true"#
            let page = try await again.ask(#""history":{"channel":"chat:1","limit":1,\#(since)}"#).history
            #expect(page?.publications.map(\.data) == ["4"])
            try await again.ask(#""unsubscribe":{"channel":"chat:1"}"#)
            let late = try await again.subscribe("chat:1", recover(1))
            #expect(late.recovered ?? false == false && late.was_recovering == true)
            #expect(late.epoch == epoch && late.offset == 5)
            // nothing of it comes, but the next
            try await server.publish("chat:1", "6")
            #expect(try await again.publications(1) == [publication("6", 6)])
        }
        #expect(server.chorus.isRunning)
    }

    @Test("where recovery was only allowed, who asks for it has it; where there was none, nobody")
    func unforced() async throws {
        let server = try await ImportedServer()
        let (ann, _) = try await server.client("ann")
        #expect(try await ann.subscribe("news:1").epoch == nil)
        try await ann.ask(#""unsubscribe":{"channel":"news:1"}"#)
        let asked = try await ann.subscribe("news:1", #","recoverable":true"#)
        let epoch = try #require(asked.epoch)
        #expect(asked.recoverable == true)
        try await ann.ask(#""unsubscribe":{"channel":"news:1"}"#)
        try await server.publish("news:1", "missed")
        let back = try await ann.subscribe("news:1", #","recover":true,"epoch":"\#(epoch)""#)
        #expect(back.recovered == true)
        #expect(try await ann.publications(1) == [publication("missed", 1)])

        let plain = try await ann.subscribe("plain", #","recoverable":true,"positioned":true"#)
        #expect(plain.recoverable == nil && plain.epoch == nil)
        #expect(try await server.publish("plain", "x").isEmpty)
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
        #expect(try await ann.error(subscribe(channel)) == nil)
        #expect(try await eve.error(subscribe(channel)) == 103)
        try await server.publish(channel, "for two")
        #expect(try await ann.push()?.pub?.data == "for two")
        // where no users are named, nobody is
        #expect(try await ann.error(subscribe("direct:dialog")) == 103)

        #expect(try await ann.error(subscribe("paid:1")) == 103)
        #expect(try await ann.error(subscribe("$chat:1")) == 103)
        let tickets = (
            try await server.token("ann", "--subscribe", "paid:1"),
            try await server.token("ann", "--subscribe", "paid:1", secret: "another one, which is just as long")
        )
        #expect(try await ann.error(subscribe("paid:1", token: tickets.1)) == 103)
        #expect(try await ann.error(subscribe("paid:1", token: tickets.0)) == nil)
        try await server.publish("paid:1", "for money")
        #expect(try await ann.push()?.pub?.data == "for money")
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
        let nobody = try await SDKClient(port: server.port)
        let connected = try await nobody.connect("")
        #expect(connected.subs == nil && connected.ping == 25)
        let (ann, annInfo) = try await server.client("ann")
        let nameless = SDKReply.Info(user: "", client: connected.client)
        for (channel, mayRead, maySpeak) in [
            ("open:1", true, true), ("read:1", true, false), ("users:1", false, false),
        ] {
            let subscribe = #""subscribe":{"channel":"\#(channel)"}"#
            let publish = #""publish":{"channel":"\#(channel)","data":"hi"}"#
            #expect(try await nobody.error(subscribe) == (mayRead ? nil : 103), "\(channel)")
            #expect(try await nobody.error(publish) == (maySpeak ? nil : 103), "\(channel)")
            #expect(try await ann.error(publish) == nil, "\(channel)")
            #expect(try await ann.error(subscribe) == nil, "\(channel)")
            for (info, isTold) in [(nameless, maySpeak), (annInfo, mayRead)] where isTold {
                let push = SDKReply.Push(channel: channel, pub: SDKReply.Publication(data: "hi", info: info))
                #expect(try await nobody.push() == push)
            }
        }
        // what nothing is said of is for nobody
        for client in [nobody, ann] {
            #expect(try await client.error(#""subscribe":{"channel":"plain"}"#) == 103)
            #expect(try await client.error(#""publish":{"channel":"plain","data":"hi"}"#) == 103)
        }
        try await nobody.expectNothing()
        #expect(server.chorus.isRunning)
    }
}
