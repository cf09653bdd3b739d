import ChorusCore
import NIOCore
import Testing

@Suite("Overflow with resync")
struct ResyncTests {
    private let test = TestHub(
        .init(namespaces: [
            Namespace("plain", window: Window(messages: 100), overflow: .resync),
            Namespace("kept", history: .last(1000), window: Window(messages: 100), overflow: .resync),
        ])
    )

    private func publish(_ range: ClosedRange<Int>, to topic: String) {
        for text in texts(range) {
            test.publish(text, to: topic)
            test.run()
        }
    }

    @Test(
        "who has left the window is told so and goes on; who cannot be told is closed",
        arguments: ["plain:1", "kept:1"]
    )
    func told(_ topic: String) {
        let reader = test.client(topic)
        let told = test.client(topic, hearsNotices: true)
        let ended = test.client(topic)
        publish(1...10, to: topic)
        told.room = 0
        ended.room = 0
        publish(11...500, to: topic)
        let here = test.position(of: topic)
        // it had taken ten, and one whole frame more
        #expect(ended.ended == .overflow(topic == "kept:1" ? Position(epoch: here.epoch, offset: 11) : nil))
        #expect(told.ended == nil)
        #expect(told.starts[0] == .live)
        let first = told.starts.count
        #expect(first > 1)
        told.room = .max
        test.flush(told)
        test.run()
        publish(501...503, to: topic)
        #expect(reader.texts(of: topic) == texts(1...503))
        // what it had, one whole frame more, and after the last gap everything
        let received = told.texts(of: topic)
        #expect(Array(received.prefix(11)) == texts(1...11))
        let rest = Array(received.dropFirst(11))
        #expect(rest == Array(texts(1...503).suffix(rest.count)))
        #expect((3...103).contains(rest.count))
        let ends = told.starts.map { start -> UInt64? in
            guard case .gap(let position, _) = start else { return nil }
            return position?.offset
        }
        if topic == "kept:1" {
            #expect(ends.last == .some(UInt64(503 - rest.count)))
        } else {
            #expect(ends.allSatisfy { $0 == nil })
        }
        #expect(test.counters.gaps == first - 1)
    }

    @Test("within the window it catches up as everybody does")
    func slow() {
        let client = test.client("plain:1", hearsNotices: true)
        client.room = 0
        publish(1...90, to: "plain:1")
        client.room = .max
        test.flush(client)
        test.run()
        #expect(client.texts(of: "plain:1") == texts(1...90))
        #expect(client.starts == [.live])
    }
}

@Suite("Where a client that was too slow can go on")
struct OverflowPositionTests {
    private let test = TestHub(
        .init(namespaces: [Namespace("kept", history: .last(1000), presence: true, window: Window(messages: 100))])
    )

    private func publish(_ range: ClosedRange<Int>, skipping: Int? = nil) {
        for number in range {
            test.publish(Message("message \(number)"), to: "kept:1", PublishOptions(skipsHistory: number == skipping))
            test.run()
        }
    }

    /// A client that has stopped after ten messages, and what it was told when it had left the window.
    private func overflow(skipping: Int?) throws -> (FakeTransport, Position?) {
        let reader = test.client("kept:1", format: .textOnly)
        publish(1...5, skipping: skipping)
        let client = test.client("kept:1", format: .textOnly)
        test.run()
        publish(6...10, skipping: skipping)
        client.room = 0
        publish(11...300, skipping: skipping)
        _ = reader
        guard case .overflow(let position) = client.ended else { throw CancellationError() }
        return (client, position)
    }

    @Test("it is told after which message, and with it gets all the rest", arguments: [nil, 3, 10])
    func told(_ skipping: Int?) throws {
        let (client, position) = try overflow(skipping: skipping)
        let back = test.client("kept:1", format: .textOnly, from: .since(try #require(position)))
        test.run()
        let received = client.texts(of: "kept:1")
        #expect(received.count == 6)
        #expect(received + back.texts(of: "kept:1") == texts(6...300))
    }

    @Test("not where a message since then has no position", arguments: [12, 60])
    func unknown(_ skipping: Int) throws {
        #expect(try overflow(skipping: skipping).1 == nil)
    }
}
