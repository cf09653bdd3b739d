import ChorusTesting
import ClientSupport
import Testing

/// `chorus serve` with what `chorus config import` makes of a configuration of Centrifugo 6 tells of joins, keeps and
/// gives back what the original does.
@Suite("An imported configuration, served: what channels have")
struct ImportedTopicsTests {
    @Test("a user is in his personal channel from the beginning, and nobody else is; what he misses he is given")
    func personal() async throws {
        let server = try await ImportedServer()
        let (bob, _) = try await server.client("bob")
        let token = try await server.token("ann")
        try await TestProxy.run(to: server.port) { proxy in
            let ann = try await CentrifugeClient(port: proxy.port)
            let connected = try await ann.connect(token)
            #expect(connected["subs"].map { Array($0.fields.keys) } == ["personal:#ann"])
            let start = try #require(connected["subs"]?["personal:#ann"])
            #expect(start["recoverable"] == true && start["positioned"] == true)
            let epoch = try #require(start["epoch"]?.string)
            try await server.publish("personal:#ann", "one")
            #expect(try await ann.push() == ["channel": "personal:#ann", "pub": .publication("one", 1)])

            proxy.cut()
            for text in ["two", "three"] { try await server.publish("personal:#ann", text) }
            for (asked, isRight) in [(epoch, true), ("AbCd", false)] {
                let later = try await CentrifugeClient(port: server.port)
                let position = #"{"recover":true,"epoch":"\#(asked)","offset":1}"#
                let back = try await later.connect(token, positions: #"{"personal:#ann":\#(position)}"#)
                let subscribed = try #require(back["subs"]?["personal:#ann"])
                #expect(subscribed["was_recovering"] == true && subscribed["epoch"] == .text(epoch))
                #expect(subscribed["recovered"] ?? false == .bool(isRight))
                if isRight {
                    #expect(try await later.publications(2) == [.publication("two", 2), .publication("three", 3)])
                }
                try await later.expectNothing()
            }
        }
        // it is not for others
        for command in ["subscribe", "publish"] {
            for channel in ["personal:#ann", "personal:ann"] {
                let error = try await bob.refusal(#""\#(command)":{"channel":"\#(channel)","data":"x"}"#)
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
        func join(_ who: JSON) -> JSON { ["channel": "chat:1", "join": ["info": who]] }
        func leave(_ who: JSON) -> JSON { ["channel": "chat:1", "leave": ["info": who]] }
        #expect(try await ann.push() == join(annInfo))

        try await TestProxy.run(to: server.port) { proxy in
            let (bob, bobInfo) = try await server.client("bob", through: proxy.port)
            try await bob.subscribe("chat:1")
            #expect(try await ann.push() == join(bobInfo))
            #expect(try await bob.push() == join(bobInfo))
            let all = JSON.object(
                Dictionary(uniqueKeysWithValues: [annInfo, bobInfo].map { ($0["client"]?.string ?? "", $0) })
            )
            #expect(try await ann.result(#""presence":{"channel":"chat:1"}"#) == ["presence": all])
            let ofBackend = try await server.ask("presence", #"{"channel":"chat:1"}"#)
            #expect(ofBackend == ["presence": all])

            try await bob.ask(#""unsubscribe":{"channel":"chat:1"}"#)
            #expect(try await ann.push() == leave(bobInfo))
            try await bob.subscribe("chat:1")
            #expect(try await ann.push() == join(bobInfo))
            // who comes back at once has been away; the server may notice the one first or the other
            proxy.cut()
            let (again, againInfo) = try await server.client("bob")
            try await again.subscribe("chat:1")
            var pushes = [try await ann.push(), try await ann.push()]
            if pushes[0]["leave"] == nil { pushes.reverse() }
            #expect(pushes == [leave(bobInfo), join(againInfo)])

            // each connection of a user counts
            let (more, moreInfo) = try await server.client("bob")
            try await more.subscribe("chat:1")
            #expect(try await ann.push() == join(moreInfo))
            let stats = try await ann.result(#""presence_stats":{"channel":"chat:1"}"#)
            #expect(stats == ["num_clients": 3, "num_users": 2])
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
                #expect(try await ann.refusal(#""\#(command)":{"channel":"\#(channel)"}"#) == 108)
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
        #expect(try await ann.push()["join"] == ["info": annInfo])
        let token = try await server.token("bob")
        var others: [CentrifugeClient] = []
        var clients: Set<String> = []
        for _ in 0..<210 {
            let other = try await CentrifugeClient(port: server.port)
            clients.insert(try #require(try await other.connect(token)["client"]?.string))
            try await other.subscribe("chat:1")
            others.append(other)
        }
        var told: Set<String> = []
        for _ in clients { told.insert(try #require(try await ann.push()["join"]?["info"]?["client"]?.string)) }
        #expect(told == clients && clients.count == 210)
        let stats = try await ann.result(#""presence_stats":{"channel":"chat:1"}"#)
        #expect(stats == ["num_clients": 211, "num_users": 2])
        withExtendedLifetime(others) {}
        #expect(server.chorus.isRunning)
    }

    @Test("what a channel keeps is read with its positions, and given to who lost its connection, as far as it is kept")
    func recovery() async throws {
        let server = try await ImportedServer()
        let token = try await server.token("ann")
        try await TestProxy.run(to: server.port) { proxy in
            let first = try await CentrifugeClient(port: proxy.port)
            try await first.connect(token)
            let start = try await first.subscribe("chat:1")
            #expect(start["recoverable"] == true && start["positioned"] == true && start["offset"] ?? 0 == 0)
            let epoch = try #require(start["epoch"]?.string)
            #expect(try await server.publish("chat:1", "1") == ["offset": 1, "epoch": .text(epoch)])
            #expect(try await first.publications(1) == [.publication("1", 1)])

            proxy.cut()
            for text in ["2", "3", "4"] { try await server.publish("chat:1", text) }
            let again = try await CentrifugeClient(port: server.port)
            try await again.connect(token)
            let recover = { (offset: Int) in #","recover":true,"epoch":"\#(epoch)","offset":\#(offset)"# }
            let back = try await again.subscribe("chat:1", recover(1))
            #expect(back["recovered"] == true && back["was_recovering"] == true && back["epoch"] == .text(epoch))
            #expect(back["offset"] == 1)
            let missed = [JSON.publication("2", 2), .publication("3", 3), .publication("4", 4)]
            #expect(try await again.publications(3) == missed)
            try await server.publish("chat:1", "5")
            #expect(try await again.publications(1) == [.publication("5", 5)])

            // three are kept
            let history = try await again.result(#""history":{"channel":"chat:1","limit":-1}"#)
            #expect(history["publications"]?.elements.map { $0["offset"] } == [3, 4, 5])
            #expect(history["epoch"] == .text(epoch) && history["offset"] == 5)
            let since = #""since":{"epoch":"\#(epoch)","offset":5},"reverse":true"#
            let page = try await again.result(#""history":{"channel":"chat:1","limit":1,\#(since)}"#)
            #expect(page["publications"] == [.publication("4", 4)])
            try await again.ask(#""unsubscribe":{"channel":"chat:1"}"#)
            let late = try await again.subscribe("chat:1", recover(1))
            #expect(late["recovered"] ?? false == false && late["was_recovering"] == true)
            #expect(late["epoch"] == .text(epoch) && late["offset"] == 5)
            // nothing of it comes, but the next
            try await server.publish("chat:1", "6")
            #expect(try await again.publications(1) == [.publication("6", 6)])
        }
        #expect(server.chorus.isRunning)
    }

    @Test("where recovery was only allowed, who asks for it has it; where there was none, nobody")
    func unforced() async throws {
        let server = try await ImportedServer()
        let (ann, _) = try await server.client("ann")
        #expect(try await ann.subscribe("news:1")["epoch"] == nil)
        try await ann.ask(#""unsubscribe":{"channel":"news:1"}"#)
        let asked = try await ann.subscribe("news:1", #","recoverable":true"#)
        let epoch = try #require(asked["epoch"]?.string)
        #expect(asked["recoverable"] == true)
        try await ann.ask(#""unsubscribe":{"channel":"news:1"}"#)
        try await server.publish("news:1", "missed")
        let back = try await ann.subscribe("news:1", #","recover":true,"epoch":"\#(epoch)""#)
        #expect(back["recovered"] == true)
        #expect(try await ann.publications(1) == [.publication("missed", 1)])

        let plain = try await ann.subscribe("plain", #","recoverable":true,"positioned":true"#)
        #expect(plain["recoverable"] == nil && plain["epoch"] == nil)
        #expect(try await server.publish("plain", "x") == [:])
        #expect(server.chorus.isRunning)
    }
}
