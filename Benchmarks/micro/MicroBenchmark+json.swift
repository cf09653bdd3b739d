import Chorus
import ChorusCore
import JSONWire
import NIOCore

extension MicroBenchmark {
    /// JSON: what comes, and the envelopes that go out.
    static let json = [
        MicroBenchmark("JSON: check an object of 1 KiB", allocations: 0) {
            Samples.json
        } body: { json in
            precondition((try? JSONValue(json))?.kind == .object)
        },
        enveloping("a text of 128 B", Message(.text, Samples.text(128))),
        enveloping("JSON of 1 KiB", Message(.json, Samples.json)),
        enveloping("a text of 1 KiB with 160 quotes", Message(.text, Samples.json)),
        MicroBenchmark("encode: a deflated frame, envelope and JSON of 1 KiB", allocations: 0) {
            (encoder: FrameEncoder(.envelope, windowBits: 15), frame: ByteBuffer())
        } body: { state in
            state.frame.clear()
            state.encoder.encode(Message(.json, Samples.json).kept, topic: "chat:kitchen", into: &state.frame)
            precondition((64..<Samples.json.readableBytes / 2).contains(state.frame.readableBytes))
        },
    ]

    private static func enveloping(_ what: String, _ message: Message) -> MicroBenchmark {
        let message = message.kept
        return MicroBenchmark("envelope: \(what)", allocations: 0) {
            ByteBuffer()
        } body: { envelope in
            envelope.clear()
            Envelope.write(message, topic: "chat:kitchen", into: &envelope)
            precondition(envelope.readableBytes > message.payload.readableBytes)
        }
    }
}

extension Message {
    /// The same in a topic that remembers.
    fileprivate var kept: Message {
        var message = self
        message.offset = 123_456
        message.epoch = 1_234_567_890
        message.time = 1_790_000_000_000
        return message
    }
}
