import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import Testing

@Suite("TopicSubscription: when it tells of a gap, and when it does not")
struct TopicGapTests {
    private func subscribe(_ port: Int, from start: TopicSubscription.Start = .now) -> Subscriber {
        Subscriber(TopicSubscription(to: "news", at: "http://127.0.0.1:\(port)", from: start))
    }

    @Test("in a topic that keeps nothing, after every break")
    func withoutHistory() async throws {
        // who is there is told as soon as the subscription has begun
        try await withBroadcastServer(Hub(topics: Namespace(presence: true))) { test in
            try await TestProxy.run(to: test.port) { proxy in
                let subscriber = subscribe(proxy.port)
                defer { subscriber.cancel() }
                try await subscriber.pass(to: "notice presence")
                for round in 1...3 {
                    try await test.publish("\(round)")
                    try await subscriber.pass(to: "message \(round)")
                    proxy.cut()
                    try await subscriber.pass(to: "disconnected")
                    try await subscriber.pass(to: "gap")
                    try await subscriber.pass(to: "notice presence")
                }
            }
        }
    }

    @Test("in one whose past is not for clients, which ends nothing")
    func closedPast() async throws {
        let namespace = Namespace(history: .last(100), recovery: .off, presence: true)
        try await withBroadcastServer(Hub(topics: namespace)) { test in
            try await TestProxy.run(to: test.port) { proxy in
                let subscriber = subscribe(proxy.port)
                defer { subscriber.cancel() }
                try await subscriber.pass(to: "notice presence")
                try await test.publish("before")
                try await subscriber.pass(to: "message before")
                proxy.cut()
                try await subscriber.pass(to: "disconnected")
                try await subscriber.pass(to: "gap")
                try await subscriber.pass(to: "notice presence")
                try await test.publish("after")
                try await subscriber.pass(to: "message after")
            }
        }
    }

    @Test("when more is missed than the topic keeps")
    func tooMuch() async throws {
        try await withBroadcastServer(Hub(topics: Namespace(history: .last(10)))) { test in
            try await TestProxy.run(to: test.port) { proxy in
                let subscriber = subscribe(proxy.port)
                defer { subscriber.cancel() }
                #expect(try await subscriber.event().brief.hasPrefix("subscribed"))
                proxy.refuse()
                try await subscriber.pass(to: "disconnected")
                for number in 1...100 { try await test.publish("\(number)") }
                proxy.admit()
                var event = try await subscriber.event()
                while event.brief == "disconnected" { event = try await subscriber.event() }
                #expect(event.brief.hasPrefix("gap ") && event.brief.hasSuffix(":90"), "\(event.brief)")
                // what is still kept comes
                for number in 91...100 { #expect(try await subscriber.text() == "\(number)") }
                try await test.publish("101")
                #expect(try await subscriber.text() == "101")
            }
        }
    }

    @Test("not with the newest of every key: after a break they come again, changed or not")
    func latest() async throws {
        try await withBroadcastServer(Hub(topics: Namespace(latest: Latest()))) { test in
            try await TestProxy.run(to: test.port) { proxy in
                try await test.publish("old", key: "a")
                try await test.publish("1", key: "a")
                try await test.publish("2", key: "b")
                let subscriber = subscribe(proxy.port, from: .latest)
                defer { subscriber.cancel() }
                for text in ["1", "2"] { #expect(try await subscriber.text() == text) }
                proxy.refuse()
                try await subscriber.pass(to: "disconnected")
                for number in 3...100 { try await test.publish("\(number)", key: "a") }
                proxy.admit()
                for text in ["2", "100"] { #expect(try await subscriber.text() == text) }
                try await test.publish("101", key: "b")
                #expect(try await subscriber.text() == "101")
            }
        }
    }

    @Test(
        "not when the connection was lost before anything was told: then it begins again where it was to begin",
        arguments: [.last(3), .since(TopicPosition(epoch: 7, offset: 2)), .latest] as [TopicSubscription.Start]
    )
    func lostAtOnce(_ start: TopicSubscription.Start) async throws {
        try await ScriptedServer.run { server in
            let subscriber = subscribe(server.port, from: start)
            defer { subscriber.cancel() }
            let first = try await server.nextPeer()
            try await first.hangUp()
            let second = try await server.nextPeer()
            #expect(second.head.target == first.head.target)
            second.send(#"{"data":"hi","offset":3,"epoch":7}"#)
            #expect(try await subscriber.event().brief == "disconnected")
            #expect(try await subscriber.event().brief == "message hi")
        }
    }

    @Test("not for a message as large as the server allows")
    func large() async throws {
        try await withBroadcastServer(Hub(topics: Namespace(history: .last(10)))) { test in
            let subscriber = subscribe(test.port)
            defer { subscriber.cancel() }
            #expect(try await subscriber.event().brief.hasPrefix("subscribed"))
            // in the envelope each is six bytes
            let text = String(repeating: "\u{1}", count: 1 << 20)
            try await test.publish(text)
            #expect(try await subscriber.message().text == text)
        }
    }
}
