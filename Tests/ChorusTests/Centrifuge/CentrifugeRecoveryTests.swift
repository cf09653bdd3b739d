import Chorus
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("Centrifuge: recovery")
struct CentrifugeRecoveryTests {
    private static let kept = Namespace("kept", history: .last(5))

    @Test("who comes back gets what it has missed, behind an answer that says so")
    func recovers() async throws {
        try await serveCentrifuge(Self.kept) { test in
            let client = try await test.connected()
            let first = try await client.result(#""subscribe":{"channel":"kept:1"}"#)
            #expect(first["recoverable"] == true && first["positioned"] == true)
            #expect(first["offset"] == nil && first["recovered"] == nil && first["was_recovering"] == nil)
            let epoch = try #require(first["epoch"]?.string)
            for number in 1...4 { try await test.publish("\(number)", to: "kept:1") }
            for number in 1...4 { #expect(try await client.publication()["pub"]?["offset"] == .number(Double(number))) }
            try await client.socket.close()
            let back = try await test.connected()
            func recover(_ offset: Int, _ epoch: String, _ more: String = "") -> String {
                #""subscribe":{"channel":"kept:1","recover":true,"epoch":"\#(epoch)","offset":\#(offset)\#(more)}"#
            }
            let result = try await back.result(recover(2, epoch))
            #expect(result["recovered"] == true && result["was_recovering"] == true)
            #expect(result["offset"] == 2 && result["epoch"] == .text(epoch))
            #expect(try await back.publication()["pub"] == ["data": "3", "offset": 3])
            #expect(try await back.publication()["pub"] == ["data": "4", "offset": 4])
            try await test.publish("5", to: "kept:1")
            #expect(try await back.publication()["pub"] == ["data": "5", "offset": 5])
            // nothing was missed
            try await back.result(#""unsubscribe":{"channel":"kept:1"}"#)
            #expect(try await back.result(recover(5, epoch))["recovered"] == true)
            try await back.expectNothing()
            // what is not kept any more
            for number in 6...8 { try await test.publish("\(number)", to: "kept:1") }
            try await back.result(#""unsubscribe":{"channel":"kept:1"}"#)
            for position in [(1, epoch), (2, "17"), (99, epoch), (2, "not ours"), (0, "")] {
                let lost = try await test.connected()
                let result = try await lost.result(recover(position.0, position.1))
                #expect(result["recovered"] == nil && result["was_recovering"] == true, "\(position)")
                #expect(result["offset"] == 8 && result["epoch"] == .text(epoch))
                try await lost.expectNothing()
                // or an error, for a client that fetches its state elsewhere
                try await lost.result(#""unsubscribe":{"channel":"kept:1"}"#)
                #expect(try await lost.error(recover(position.0, position.1, #","flag":2"#)) == 112)
                try await test.expectFollowers(of: "kept:1", 0)
            }
            // who names no epoch takes whichever the topic is in
            let any = try await test.connected()
            #expect(try await any.result(recover(7, ""))["recovered"] == true)
            #expect(try await any.publication()["pub"] == ["data": "8", "offset": 8])
        }
    }

    @Test("where there is no history there is no position, and nothing to recover")
    func withoutHistory() async throws {
        try await serveCentrifuge { test in
            let client = try await test.connected()
            #expect(try await client.result(#""subscribe":{"channel":"a","recoverable":true}"#) == [:])
            let result = try await client.result(#""subscribe":{"channel":"b","recover":true,"offset":3,"epoch":"5"}"#)
            #expect(result == ["was_recovering": true])
        }
    }

    @Test("the newest value of every key is what a topic of values recovers")
    func latest() async throws {
        try await serveCentrifuge(Namespace("ticker", latest: Latest(keys: 10), overflow: .latest)) { test in
            for price in 1...3 {
                try await test.hub.publish(Message("\(price)", key: "AAPL"), to: TopicName("ticker:x"))
            }
            let client = try await test.connected()
            let result = try await client.result(#""subscribe":{"channel":"ticker:x","recover":true}"#)
            #expect(result["recovered"] == true && result["was_recovering"] == true)
            #expect(try await client.publication()["pub"]?["data"] == "3")
            try await client.expectNothing()
            // who has the newest gets nothing, who has an older one the newest, and who was elsewhere too
            let epoch = try #require(result["epoch"]?.string)
            for (offset, epoch, isMissing) in [(3, epoch, false), (2, epoch, true), (3, "1", true)] {
                try await client.result(#""unsubscribe":{"channel":"ticker:x"}"#)
                let fields = #""recover":true,"offset":\#(offset),"epoch":"\#(epoch)""#
                let again = try await client.result(#""subscribe":{"channel":"ticker:x",\#(fields)}"#)
                #expect(again["recovered"] == true)
                if isMissing { #expect(try await client.publication()["pub"]?["data"] == "3") }
                try await client.expectNothing()
            }
        }
    }

    @Test("so it does beside a history, where the namespace says that")
    func latestBesideHistory() async throws {
        try await serveCentrifuge(
            Namespace("cache", history: .last(10), recoveryMode: .latest, latest: Latest(keys: 1)),
            Namespace("stream", history: .last(10), latest: Latest(keys: 1))
        ) { test in
            let client = try await test.connected()
            for (topic, expected) in [("cache:1", ["3"]), ("stream:1", ["2", "3"])] {
                for text in ["1", "2", "3"] { try await test.publish(text, to: topic) }
                let epoch = try await test.epoch(of: topic).string ?? ""
                let fields = #""channel":"\#(topic)","recover":true,"offset":1,"epoch":"\#(epoch)""#
                let result = try await client.result(#""subscribe":{\#(fields)}"#)
                #expect(result["recovered"] == true)
                for text in expected { #expect(try await client.publication()["pub"]?["data"] == .text(text)) }
                // not sooner: who is still to have the newest message has the one that takes its place
                try await test.publish("4", to: topic)
                #expect(try await client.publication()["pub"]?["data"] == "4")
                let history = try await client.result(#""history":{"channel":"\#(topic)","limit":-1}"#)
                #expect(history["publications"]?.elements.count == 4)
            }
        }
    }

    @Test(
        "a token may say that its subscription has a position, or has none unless that is asked for",
        arguments: [
            ("off", "", false), ("off", ";recovery=on", true), ("off", ";positioning=on", true), ("forced", "", true),
            ("forced", ";recovery=off", false),
        ]
    )
    func overrides(_ topic: String, _ override: String, _ isPositioned: Bool) async throws {
        try await serveCentrifuge(
            Namespace("off", history: .last(5), recovery: .off),
            Namespace("forced", history: .last(5)),
            options: .init(tokens: SpokenTokens())
        ) { test in
            let ann = try await test.connected(#""token":"ann""#)
            let token = "ann;topic=\(topic):1\(override)"
            let result = try await ann.result(#""subscribe":{"channel":"\#(topic):1","token":"\#(token)"}"#)
            #expect(result["positioned"] == (isPositioned ? true : nil))
        }
    }

    @Test("where clients may recover but are not told to, they have a position if they ask for one")
    func positioned() async throws {
        try await serveCentrifuge(Namespace("kept", history: .last(5), recovery: .on)) { test in
            let client = try await test.connected()
            for (number, field) in ["positioned", "recoverable"].enumerated() {
                let plain = try await client.result(#""subscribe":{"channel":"kept:\#(number)"}"#)
                #expect(plain == [:])
                try await client.result(#""unsubscribe":{"channel":"kept:\#(number)"}"#)
                let asked = try await client.result(#""subscribe":{"channel":"kept:\#(number)","\#(field)":true}"#)
                #expect(asked["positioned"] == true && asked["epoch"] != nil)
            }
        }
    }

    @Test("history: pages in both directions, positions, and what is not there")
    func history() async throws {
        try await serveCentrifuge(
            Self.kept,
            Namespace("hidden", history: .last(5), recovery: .off),
            Namespace("nothing", recovery: .off),
            options: .init(historyLimit: 4)
        ) { test in
            let client = try await test.connected()
            #expect(try await client.error(#""history":{"channel":"room"}"#) == 108)
            #expect(try await client.error(#""history":{"channel":"hidden:1"}"#) == 103)
            #expect(try await client.error(#""history":{"channel":"nothing:1"}"#) == 108)
            for number in 1...5 { try await test.publish("\(number)", to: "kept:1") }
            let position = try await client.result(#""history":{"channel":"kept:1"}"#)
            #expect(position["publications"] == [] && position["offset"] == 5)
            let epoch = try #require(position["epoch"]?.string)
            func offsets(_ fields: String) async throws -> [Int?] {
                let result = try await client.result(#""history":{"channel":"kept:1",\#(fields)}"#)
                return result["publications"]?.elements.map { $0["offset"]?.int } ?? []
            }
            #expect(try await offsets(#""limit":-1"#) == [1, 2, 3, 4])
            #expect(try await offsets(#""limit":9"#) == [1, 2, 3, 4])
            #expect(try await offsets(#""limit":2"#) == [1, 2])
            #expect(try await offsets(#""limit":2,"since":{"offset":2,"epoch":"\#(epoch)"}"#) == [3, 4])
            #expect(try await offsets(#""limit":2,"reverse":true"#) == [5, 4])
            // who names no epoch means whichever the topic is in
            #expect(try await offsets(#""limit":2,"since":{"offset":2}"#) == [3, 4])
            for epoch in ["9", "not ours"] {
                let since = #"{"offset":2,"epoch":"\#(epoch)"}"#
                #expect(
                    try await client.error(#""history":{"channel":"kept:1","limit":1,"since":\#(since)}"#) == 112
                )
            }
        }
    }
}

extension TestServer {
    fileprivate func expectFollowers(of topic: String, _ count: Int) async throws {
        try await eventually("\(count) followers of \(topic)") {
            await hub.connections.list().count { $0.topics.contains(topic) } == count
        }
    }
}
