import ChorusCore
import NIOCore
import Testing

@Suite("Messages as their difference to the one before")
struct DifferenceTests {
    /// Says of a message what it is a difference to.
    private final class Differ: MessageEncoder {
        let readsPrevious: Bool

        init(variant: UInt8) { readsPrevious = variant == 2 }

        func encode(_ message: Message, topic: String, into out: inout ByteBuffer) {
            encode(message, after: nil, topic: topic, into: &out)
        }

        func encode(_ message: Message, after previous: Message?, topic: String, into out: inout ByteBuffer) {
            let text = previous.map { "\($0.text) > \(message.text)" } ?? message.text
            WireFormat.plain.encode(ByteBuffer(string: text), topic: topic, into: &out)
        }
    }

    private static let encoding = Encoding("differences", variants: { Differ(variant: $0) })
    private let topic = "kept:1"

    /// Somebody who agrees on differences.
    private func client(of test: TestHub, from point: StartingPoint) -> FakeTransport {
        let transport = FakeTransport()
        test.on { shard in
            let socket = test.socket(of: transport)
            let session = shard.open(transport, socket: socket, encoding: Self.encoding, hearsNotices: true)
            session.subscribe(to: test.reference(topic), from: point, variant: 1)
            transport.session = session
        }
        return transport
    }

    @Test("who begins behind a message that was on its way has not received it, and gets the next one whole")
    func beginsBehind() {
        let broker = LateBroker()
        let test = TestHub(.init(namespaces: [Namespace("kept", history: .last(10))]), late: broker)
        let other = client(of: test, from: .now)
        let newcomer = client(of: test, from: .last(0))
        test.run()
        test.publish("1", to: topic)
        test.run()
        #expect(newcomer.starts.isEmpty)
        while broker.answer() { test.run() }
        for text in ["2", "3"] {
            test.publish(text, to: topic)
            test.run()
        }
        #expect(other.texts(of: topic) == ["1", "1 > 2", "2 > 3"])
        #expect(newcomer.texts(of: topic) == ["2", "2 > 3"])
        #expect(newcomer.starts.count == 1)
    }
}
