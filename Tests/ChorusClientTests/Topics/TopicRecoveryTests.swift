import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import Testing

@Suite("TopicSubscription: through breaks of the connection")
struct TopicRecoveryTests {
    private static let kept = Namespace(history: .last(10_000))

    private func subscribe(
        _ proxy: TestProxy,
        from start: TopicSubscription.Start = .now,
        retriesFirst: Bool = true
    ) -> Subscriber {
        Subscriber(TopicSubscription(to: "news", at: proxy.url, from: start, retriesFirst: retriesFirst))
    }

    @Test("what is published arrives once and in order, from where it was to begin")
    func order() async throws {
        try await withBroadcastServer(Hub(topics: Self.kept)) { test in
            for number in 1...10 { try await test.publish("\(number)") }
            let url = "http://127.0.0.1:\(test.port)"
            let subscriber = Subscriber(TopicSubscription(to: "news", at: url, from: .last(5)))
            defer { subscriber.cancel() }
            var positions: [TopicPosition?] = []
            for number in 6...10 {
                let message = try await subscriber.message()
                #expect(message.text == "\(number)")
                positions.append(message.position)
            }
            for number in 11...500 { try await test.publish("\(number)") }
            for number in 11...500 { #expect(try await subscriber.text() == "\(number)") }
            let seventh = try #require(positions[1])
            let late = Subscriber(TopicSubscription(to: "news", at: url, from: .since(seventh)))
            defer { late.cancel() }
            for number in 8...500 { #expect(try await late.text() == "\(number)") }
        }
    }

    /// Cuts the first connection when it has been told its position, and later ones anywhere: within the handshake,
    /// within a frame, between two.
    private static func fate(_ number: Int) -> TestProxy.Fate {
        if number == 0 { return TestProxy.Fate(fromServer: 2_000) }
        let isEarly = number.isMultiple(of: 3)
        return TestProxy.Fate(
            fromClient: isEarly ? TestProxy.Fate.scattered(number, below: 200) : nil,
            fromServer: TestProxy.Fate.scattered(number, below: 5_000)
        )
    }

    @Test("cut at any place, again and again, it gives every message once and in order")
    func cuts() async throws {
        let last = 600
        try await withBroadcastServer(Hub(topics: Self.kept)) { test in
            try await TestProxy.run(to: test.port, fate: Self.fate) { proxy in
                let subscriber = subscribe(proxy)
                defer { subscriber.cancel() }
                #expect(try await subscriber.event().brief.hasPrefix("subscribed"))
                var published = 0
                func publish(_ count: Int) async throws {
                    for number in (published..<min(published + count, last)).map({ $0 + 1 }) {
                        try await test.publish("\(number)")
                        published = number
                    }
                }
                // some are always on their way, and some are published while nobody is connected
                try await publish(20)
                var received: [String] = []
                var breaks = 0
                while received.count < last {
                    switch try await subscriber.event() {
                    case .message(let message):
                        received.append(message.text)
                        try await publish(1)
                    case .disconnected:
                        breaks += 1
                        try await publish(10)
                    case .gap: throw TestFailure("a gap after \(received.last ?? "nothing"), break \(breaks)")
                    case .subscribed, .notice: break
                    }
                }
                #expect(received == (1...last).map(String.init))
                #expect(breaks > 10 && proxy.connectionCount > breaks)
                // a message too much would come before this one
                try await test.publish("end")
                #expect(try await subscriber.text() == "end")
            }
        }
    }

    @Test("what is published while there is no connection comes first when there is one again")
    func missed() async throws {
        try await withBroadcastServer(Hub(topics: Self.kept)) { test in
            try await TestProxy.run(to: test.port) { proxy in
                let subscriber = subscribe(proxy, retriesFirst: false)
                defer { subscriber.cancel() }
                #expect(try await subscriber.event().brief.hasPrefix("subscribed"))
                try await test.publish("before")
                #expect(try await subscriber.event().brief == "message before")
                proxy.refuse()
                // more than one attempt, all of which fail
                for _ in 0..<3 { #expect(try await subscriber.event().brief == "disconnected") }
                for number in 1...50 { try await test.publish("\(number)") }
                proxy.admit()
                for number in 1...50 { #expect(try await subscriber.text() == "\(number)") }
            }
        }
    }

    @Test("the first attempt is repeated until there is a server")
    func first() async throws {
        try await withBroadcastServer(Hub(topics: Self.kept)) { test in
            try await TestProxy.run(to: test.port) { proxy in
                proxy.refuse()
                let subscriber = subscribe(proxy, from: .last(1))
                defer { subscriber.cancel() }
                let hasty = try await subscribe(proxy, from: .last(1), retriesFirst: false).failure()
                #expect(hasty.code == .connectionClosed)
                #expect(try await subscriber.event().brief == "disconnected")
                try await test.publish("hi")
                proxy.admit()
                // nothing is lost, because nothing had begun
                #expect(try await subscriber.text() == "hi")
            }
        }
    }

    @Test("a server that has forgotten the topic says so, and it goes on with what comes")
    func restart() async throws {
        try await withBroadcastServer(Hub(topics: Self.kept)) { old in
            try await withBroadcastServer(Hub(topics: Self.kept)) { new in
                try await TestProxy.run(to: old.port) { proxy in
                    let subscriber = subscribe(proxy)
                    defer { subscriber.cancel() }
                    #expect(try await subscriber.event().brief.hasPrefix("subscribed"))
                    try await old.publish("old")
                    let message = try await subscriber.message()
                    try await new.publish("missed")
                    proxy.lead(to: new.port)
                    proxy.cut()
                    #expect(try await subscriber.event().brief == "disconnected")
                    guard case .gap(let position?, _) = try await subscriber.event() else {
                        throw TestFailure("no gap, or nowhere")
                    }
                    #expect(position.epoch != message.position?.epoch && position.offset == 0)
                    // what is kept there is new to it
                    #expect(try await subscriber.text() == "missed")
                    try await new.publish("new")
                    #expect(try await subscriber.event().brief == "message new")
                    // it knows where it is now
                    proxy.cut()
                    #expect(try await subscriber.event().brief == "disconnected")
                    try await new.publish("newer")
                    #expect(try await subscriber.text() == "newer")
                }
            }
        }
    }
}
