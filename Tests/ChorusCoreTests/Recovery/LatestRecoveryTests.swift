import ChorusCore
import NIOCore
import Testing

/// Clients that begin with the newest message of every key.
@Suite("Beginning with the newest")
struct LatestRecoveryTests {
    private let test = TestHub(
        .init(namespaces: [
            Namespace("price", latest: Latest(keys: 1000)),
            Namespace("both", history: .last(10), latest: Latest(keys: 1000)),
            Namespace("few", latest: Latest(keys: 5), window: Window(messages: 10), overflow: .latest),
        ])
    )

    /// `rounds` values of each of `keys` keys, one round after the other.
    private func publish(_ rounds: ClosedRange<Int>, keys: Int, to topic: String) {
        for round in rounds {
            for key in 0..<keys { test.publish("\(key) \(round)", to: topic, key: "\(key)") }
        }
    }

    @Test(
        "who comes late gets the newest of every key, in order, then what is published",
        arguments: ["price:1", "both:1"],
        [1, 10, 64, 65, 300]
    )
    func late(_ topic: String, _ keys: Int) {
        publish(1...5, keys: keys, to: topic)
        test.publish("without", to: topic)
        let client = test.client(topic, from: .latest, hearsNotices: true)
        test.run()
        test.publish("0 6", to: topic, key: "0")
        test.run()
        #expect(client.texts(of: topic) == (0..<keys).map { "\($0) 5" } + ["without", "0 6"])
        #expect(
            client.starts == [
                .latest(upTo: Position(epoch: test.position(of: topic).epoch, offset: UInt64(5 * keys + 1)))
            ]
        )
        #expect(test.counters.recoveries == 1)
    }

    @Test("nothing is lost or old at the seam", arguments: [true, false])
    func seam(_ othersAreThere: Bool) {
        let other = othersAreThere ? test.client("price:1") : nil
        publish(1...2, keys: 100, to: "price:1")
        test.run()
        publish(3...3, keys: 50, to: "price:1")
        let client = test.client("price:1", from: .latest)
        var round = 4
        while test.executor.runNext() {
            if round < 10 { publish(round...round, keys: 7, to: "price:1") }
            round += 1
        }
        test.run()
        let received = client.texts(of: "price:1")
        var newest: [String: Int] = [:]
        for text in received {
            let words = text.split(separator: " ")
            let value = Int(words[1])!
            #expect(value > newest[String(words[0]), default: 0])
            newest[String(words[0])] = value
        }
        for key in 0..<100 { #expect(newest["\(key)"] == (key < 7 ? 9 : key < 50 ? 3 : 2)) }
        if let other { #expect(other.texts(of: "price:1").count == 250 + 6 * 7) }
    }

    @Test("one that reads slowly goes on where it was cut")
    func slow() {
        publish(1...3, keys: 200, to: "price:1")
        let client = test.client("price:1", from: .latest)
        client.room = 30
        test.run()
        test.drip(client, bytes: 33, times: 300)
        #expect(client.texts(of: "price:1") == (0..<200).map { "\($0) 3" })
        #expect(client.violations.isEmpty)
    }

    @Test("no more keys are kept than there may be: those whose newest is the newest")
    func bounds() {
        publish(1...1, keys: 8, to: "few:1")
        let client = test.client("few:1", from: .latest)
        test.run()
        #expect(client.texts(of: "few:1") == (3..<8).map { "\($0) 1" })
    }

    @Test("who is behind and would miss a key that had to go is told so, or closed", arguments: [true, false])
    func lost(_ isTold: Bool) {
        let client = test.client("few:1", hearsNotices: isTold)
        test.run()
        client.room = 0
        publish(1...1, keys: 8, to: "few:1")
        test.run()
        client.room = .max
        test.flush(client)
        test.run()
        #expect(
            client.ended == (isTold ? nil : .overflow(Position(epoch: test.position(of: "few:1").epoch, offset: 1)))
        )
        if isTold {
            #expect(client.starts == [.live, .lost(upTo: test.position(of: "few:1"))])
            test.publish("more", to: "few:1")
            test.run()
            #expect(client.texts(of: "few:1") == ["0 1", "more"])
        }
    }

    @Test("a topic that keeps only the newest has positions, and no other past")
    func positions() {
        publish(1...5, keys: 2, to: "price:1")
        let here = test.position(of: "price:1")
        #expect(here.offset == 10)
        let now = test.client("price:1", from: .since(here))
        let before = test.client("price:1", from: .since(Position(epoch: here.epoch, offset: 9)))
        let last = test.client("price:1", from: .last(5))
        test.run()
        #expect(now.starts == [.recovering(from: here, edge: here.offset)])
        #expect(before.ended == .unrecoverable(here))
        #expect(last.texts(of: "price:1").isEmpty)
    }

    @Test("a stream that is lost meanwhile begins again")
    func lost() {
        publish(1...2, keys: 100, to: "price:1")
        let client = test.client("price:1", from: .latest, hearsNotices: true)
        client.room = 100
        test.run()
        test.loseStream(of: "price:1")
        publish(7...7, keys: 2, to: "price:1")
        client.room = .max
        test.flush(client)
        test.run()
        test.run()
        #expect(client.starts.count == 2)
        #expect(client.texts(of: "price:1").suffix(2) == ["0 7", "1 7"])
    }

    @Test("a program's reader begins with the newest too, and the hub gives them out")
    func program() async throws {
        publish(1...3, keys: 100, to: "price:1")
        var iterator = test.hub.subscribe(to: test.name("price:1"), from: .latest).makeAsyncIterator()
        for key in 0..<100 { #expect(try await iterator.next()?.text == "\(key) 3") }
        test.publish("more", to: "price:1")
        #expect(try await iterator.next()?.text == "more")
        let page = try await test.hub.latest(of: test.name("price:1"))
        #expect(page.messages.map(\.text) == (0..<100).map { "\($0) 3" } + ["more"])
        #expect(try await test.hub.latest(of: test.name("price:1"), limit: 3).messages.count == 3)
        let error = await #expect(throws: ChorusError.self) { try await test.hub.latest(of: test.name("other")) }
        #expect(error?.code == .noHistory)
    }
}
