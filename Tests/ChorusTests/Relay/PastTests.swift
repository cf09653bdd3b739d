import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import Foundation
import NIOCore
import Testing

@Suite("The past of /ws/{topic}")
struct PastTests {
    private static func hub(_ count: Int = 1000) -> Hub {
        Hub(configuration: .init(defaults: Namespace(history: .last(count))))
    }

    private func publish(_ test: TestServer, _ range: ClosedRange<Int>) async throws {
        for number in range { try await test.publish("\(number)", to: "news") }
    }

    @Test("who comes late gets the last messages, then what is published")
    func last() async throws {
        try await serve(hub: Self.hub()) { test in
            try await publish(test, 1...100)
            let client = try await test.client("/ws/news?last=3")
            try await client.expect(["98", "99", "100"])
            try await publish(test, 101...102)
            try await client.expect(["101", "102"])
            let all = try await test.client("/ws/news?last=1000")
            try await all.expect((1...102).map(String.init))
            let none = try await test.client("/ws/news?last=0")
            let plain = try await test.client("/ws/news")
            try await publish(test, 103...103)
            for client in [client, all, none, plain] { try await client.expect("103") }
        }
    }

    @Test("who comes back gets what it missed, once and in order", arguments: ["", "&format=json"])
    func since(_ format: String) async throws {
        try await serve(hub: Self.hub()) { test in
            let position = try #require(try await test.hub.publish("1", to: TopicName("news")))
            try await publish(test, 2...200)
            let client = try await test.client("/ws/news?since=\(position)\(format)")
            try await publish(test, 201...210)
            if format.isEmpty {
                try await client.expect((2...210).map(String.init))
            } else {
                let lines = try await client.lines(210)
                #expect(lines[0].notice == "subscribed")
                #expect(lines[0].topic == "news")
                #expect(lines[0].position == position)
                #expect(lines[1...].map(\.data) == (2...210).map(String.init))
                #expect(lines[1...].map(\.position.offset) == Array(2...210))
                #expect(lines.allSatisfy { $0.epoch == position.epoch })
                #expect(
                    lines[1...].allSatisfy { abs(($0.time ?? 0) - Int64(Date().timeIntervalSince1970 * 1000)) < 60_000 }
                )
            }
        }
    }

    @Test("a client that remembers the newest position it was told never misses or repeats anything")
    func comingAndGoing() async throws {
        try await serve(hub: Self.hub(3000), configure: { $0.eventLoops = 2 }) { test in
            let publishing = Task { try await publish(test, 1...2000) }
            var position: Position?
            var received: [String] = []
            var visits = 0
            while received.last != "2000" {
                visits += 1
                let since = position.map { "&since=\($0)" } ?? "&last=1000"
                let client = try await test.client("/ws/news?format=json\(since)")
                for _ in 0..<100 where received.last != "2000" {
                    let line = try await client.line()
                    #expect(line.notice != "gap")
                    position = line.position
                    if let data = line.data { received.append(data) }
                }
                try await client.close()
            }
            try await publishing.value
            #expect(received == (1...2000).map(String.init).suffix(received.count))
            #expect(visits > 10)
        }
    }

    @Test("what is not kept any more is said: by a notice, or by code 4010 with the position to go on from")
    func gap() async throws {
        try await serve(hub: Self.hub(10)) { test in
            let first = try #require(try await test.hub.publish("1", to: TopicName("news")))
            try await publish(test, 2...100)
            let here = Position(epoch: first.epoch, offset: 100)
            let others = [Position(epoch: first.epoch + 1, offset: 95), Position(epoch: first.epoch, offset: 101)]
            for lost in [first] + others {
                let told = try await test.client("/ws/news?since=\(lost)&format=json")
                let line = try await told.line()
                #expect(line.notice == "gap")
                #expect(line.position == Position(epoch: first.epoch, offset: 100))
                let ended = try await test.client("/ws/news?since=\(lost)")
                #expect(try await ended.expectClose(.unrecoverable).reason.hasSuffix("; chorus.since=\(here)"))
            }
            let again = try await test.client("/ws/news?since=\(here)&format=json")
            #expect(try await again.line().notice == "subscribed")
            try await test.publish("next", to: "news")
            #expect(try await again.line().data == "next")
        }
    }

    @Test("who asks for the last messages beside what it missed gets them where something is missing, told of the gap")
    func sinceOrLast() async throws {
        try await serve(hub: Self.hub(10)) { test in
            let first = try #require(try await test.hub.publish("1", to: TopicName("news")))
            try await publish(test, 2...100)
            let late = try await test.client("/ws/news?format=json&since=\(first)&last=3")
            let gap = try await late.line()
            #expect(gap.notice == "gap")
            #expect(gap.position == Position(epoch: first.epoch, offset: 97))
            #expect(gap.edge == 100)
            let back = try await test.client("/ws/news?format=json&since=\(first.epoch):95&last=3")
            let start = try await back.line()
            #expect(start.notice == "subscribed")
            #expect(start.position == Position(epoch: first.epoch, offset: 95))
            #expect(start.edge == 100)
            try await publish(test, 101...101)
            #expect(try await late.lines(4).map(\.data) == (98...101).map(String.init))
            #expect(try await back.lines(6).map(\.data) == (96...101).map(String.init))
        }
    }

    @Test("who asks for the newest gets that of every key, then what is published", arguments: ["", "&format=json"])
    func latest(_ format: String) async throws {
        let hub = Hub(configuration: .init(defaults: Namespace(latest: Latest())))
        try await serve(hub: hub) { test in
            let topic = try TopicName("prices")
            for number in 1...300 {
                try await hub.publish(Message("\(number)", key: "\(number % 100)"), to: topic)
            }
            let client = try await test.client("/ws/prices?latest\(format)")
            if !format.isEmpty {
                let line = try await client.line()
                #expect(line.notice == "latest")
                #expect(line.offset == 300)
            }
            let expected = (201...300).map(String.init)
            if format.isEmpty {
                try await client.expect(expected)
            } else {
                let lines = try await client.lines(100)
                #expect(lines.map(\.data) == expected)
                #expect(lines.map(\.key) == (201...300).map { "\($0 % 100)" })
            }
            try await hub.publish(Message("new", key: "7"), to: topic)
            if format.isEmpty {
                try await client.expect("new")
            } else {
                #expect(try await client.line().data == "new")
            }
        }
    }

    @Test("in a topic without history there is none, and that is said to who asks for it")
    func without() async throws {
        try await serve { test in
            let late = try await test.client("/ws/news?last=10")
            let ended = try await test.client("/ws/news?since=1:1")
            try await ended.expectClose(.unrecoverable)
            let told = try await test.client("/ws/news?since=1:1&format=json")
            let line = try await told.line()
            #expect(line.notice == "gap")
            #expect(line.offset == nil)
            try await test.publish("now", to: "news")
            try await late.expect("now")
            #expect(try await told.line().data == "now")
        }
    }

    @Test("envelopes are compressed for those who ask for it")
    func deflated() async throws {
        try await serve(hub: Self.hub()) { test in
            var configuration = WebSocketClientConfiguration()
            configuration.deflateThreshold = 0
            let client = try await TestClient.connect(
                to: test.url("/ws/news?format=json"),
                configuration: configuration
            )
            let text = String(repeating: "compressible ", count: 100)
            #expect(try await client.line().notice == "subscribed")
            try await client.send(text)
            #expect(try await client.line().data == text)
        }
    }

    @Test(
        "a query that nobody understands is refused with 400 and a reason",
        arguments: [
            "last=x", "last=-1", "last=1000001", "last=", "since=1", "since=a:b", "since=1:2:3", "since=+1:1",
            "since=1:1&last=1", "since=1:1&last=0", "since=1:1&last=x&format=json", "latest&last=1",
            "latest&since=1:1&last=1&format=json",
            "latest&since=1:1", "latest", "format=xml", "since=%zz",
            "name=%ff", "since=1%3",
        ]
    )
    func malformed(_ query: String) async throws {
        try await serve { test in
            let client = try await test.raw()
            let answer = try await client.ask(RawSocket.request("/ws/news?\(query)"))
            #expect(answer.status == 400)
            #expect(answer.body.hasPrefix("In the query: "))
        }
    }
}
