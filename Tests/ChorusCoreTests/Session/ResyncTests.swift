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
        #expect(ended.ended == .overflow)
        #expect(told.ended == nil)
        let first = told.starts.count
        #expect(first > 0)
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
            guard case .gap(let position) = start else { return nil }
            return position?.offset
        }
        if topic == "kept:1" {
            #expect(ends.last == .some(UInt64(503 - rest.count)))
        } else {
            #expect(ends.allSatisfy { $0 == nil })
        }
        #expect(test.counters.gaps == first)
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
        #expect(client.starts.isEmpty)
    }
}
