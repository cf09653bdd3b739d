import ChorusCore
import NIOCore
import Synchronization
import Testing

@Suite("Messages as their difference to the one before")
struct DifferenceTests {
    /// What was encoded, by variant: the texts, of which each is once.
    private final class Record: Sendable {
        private let texts = Mutex<[UInt8: [String]]>([:])

        func note(_ text: String, _ variant: UInt8) { texts.withLock { $0[variant, default: []].append(text) } }

        /// What was encoded since this was asked before.
        func take() -> [UInt8: [String]] {
            texts.withLock { texts in
                defer { texts = [:] }
                return texts
            }
        }
    }

    /// Says of a message what it is a difference to.
    private final class Differ: MessageEncoder {
        let variant: UInt8
        let record: Record

        init(_ variant: UInt8, _ record: Record) {
            self.variant = variant
            self.record = record
        }

        var readsPrevious: Bool { variant == 2 }

        func encode(_ message: Message, topic: String, into out: inout ByteBuffer) {
            encode(message, after: nil, topic: topic, into: &out)
        }

        func encode(_ message: Message, after previous: Message?, topic: String, into out: inout ByteBuffer) {
            let text = previous.map { "\($0.text) > \(message.text)" } ?? message.text
            record.note(text, variant)
            WireFormat.plain.encode(ByteBuffer(string: text), topic: topic, into: &out)
        }
    }

    private let record = Record()
    private let encoding: Encoding
    private let topic = "kept:1"

    init() { encoding = Encoding("differences") { [record] in Differ($0, record) } }

    /// Somebody who agrees on differences.
    private func client(of test: TestHub, from point: StartingPoint, variant: UInt8 = 1) -> FakeTransport {
        let transport = FakeTransport()
        test.on { shard in
            let socket = test.socket(of: transport)
            let session = shard.open(transport, socket: socket, encoding: encoding, hearsNotices: true)
            session.subscribe(to: test.reference(topic), from: point, variant: variant)
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
    @Test("however many receive it, a message is encoded once as it is, and once as the difference to its neighbour")
    func encodedOnce() {
        let test = TestHub(.init(namespaces: [Namespace("kept", history: .last(10))]))
        let whole = (1...20).map { _ in client(of: test, from: .now, variant: 0) }
        let differing = (1...20).map { _ in client(of: test, from: .last(0)) }
        test.run()
        test.publish("1", to: topic)
        test.run()
        #expect(record.take() == [0: ["1"], 1: ["1"]])
        // one by one, and several in one turn
        for texts in [["2"], ["3", "4", "5"]] {
            for text in texts { test.publish(text, to: topic) }
            test.run()
        }
        #expect(record.take() == [0: ["2", "3", "4", "5"], 2: ["1 > 2", "2 > 3", "3 > 4", "4 > 5"]])
        // readers that are behind receive what the others have
        for client in [whole[0], differing[0]] { client.room = 0 }
        for text in ["6", "7"] {
            test.publish(text, to: topic)
            test.run()
        }
        for client in [whole[0], differing[0]] {
            client.room = .max
            test.on { _ in client.flush() }
        }
        test.run()
        #expect(record.take() == [0: ["6", "7"], 2: ["5 > 6", "6 > 7"]])
        for client in whole { #expect(client.texts(of: topic).count == 7) }
        for client in differing {
            #expect(client.texts(of: topic) == ["1", "1 > 2", "2 > 3", "3 > 4", "4 > 5", "5 > 6", "6 > 7"])
        }
    }
}
