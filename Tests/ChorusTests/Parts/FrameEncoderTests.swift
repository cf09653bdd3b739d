import Chorus
import ChorusCore
import NIOCore
import Testing
import WebSocketWire

@Suite("Messages as frames")
struct FrameEncoderTests {
    private func frame(_ message: Message, windowBits: Int? = nil) -> ByteBuffer {
        var out = ByteBuffer()
        FrameEncoder(windowBits: windowBits).encode(message, topic: "any", into: &out)
        return out
    }

    /// What a client reads from the frames.
    private func read(_ bytes: ByteBuffer, deflate: Bool = false) -> [WebSocketEvent] {
        var bytes = bytes
        var reader = WebSocketReader(role: .client, maximumMessageSize: 1 << 20, acceptsDeflate: deflate)
        let inflater = Inflater()
        var events: [WebSocketEvent] = []
        while let event = reader.next(from: &bytes, inflater: inflater) { events.append(event) }
        return events
    }

    @Test("text is a text frame, without a mask")
    func text() {
        #expect(frame("hi") == ByteBuffer(bytes: [0x81, 2, 0x68, 0x69]))
    }

    @Test("binary is a binary frame")
    func binary() {
        #expect(frame(Message(.binary, ByteBuffer(bytes: [0, 255]))) == ByteBuffer(bytes: [0x82, 2, 0, 255]))
    }

    @Test("JSON is a text frame")
    func json() {
        #expect(frame(Message(.json, ByteBuffer(string: "{}"))) == ByteBuffer(bytes: [0x81, 2, 0x7B, 0x7D]))
    }

    @Test("an empty message is an empty frame")
    func empty() {
        #expect(frame("") == ByteBuffer(bytes: [0x81, 0]))
        #expect(frame("", windowBits: 15) == ByteBuffer(bytes: [0x81, 0]))
    }

    @Test("with deflate a long message is compressed, for every window", arguments: 8...15)
    func deflated(_ windowBits: Int) {
        let text = String(repeating: "to all who listen, ", count: 200)
        let bytes = frame(Message(text), windowBits: windowBits)
        #expect(bytes.getInteger(at: 0, as: UInt8.self) == 0xC1)
        #expect(bytes.readableBytes < text.utf8.count / 2)
        #expect(read(bytes, deflate: true) == [.message(.init(kind: .text, payload: ByteBuffer(string: text)))])
    }

    @Test("short messages, and those that compression makes no smaller, go out as they are")
    func notWorthIt() {
        #expect(frame(Message(String(repeating: "a", count: 100)), windowBits: 15).getInteger(at: 0) == UInt8(0x81))
        var generator = SystemRandomNumberGenerator()
        let noise = ByteBuffer(bytes: (0..<4096).map { _ in UInt8.random(in: 0...255, using: &generator) })
        let bytes = frame(Message(.binary, noise), windowBits: 15)
        #expect(bytes.getInteger(at: 0) == UInt8(0x82))
        #expect(read(bytes, deflate: true) == [.message(.init(kind: .binary, payload: noise))])
    }

    @Test("frames are appended, and one encoder serves many messages")
    func appended() {
        let encoder = FrameEncoder(windowBits: 15)
        var out = ByteBuffer()
        let texts = (0..<20).map { String(repeating: "\($0) bottles ", count: $0 * 20) }
        for text in texts { encoder.encode(Message(text), topic: "", into: &out) }
        #expect(read(out, deflate: true) == texts.map { .message(.init(kind: .text, payload: ByteBuffer(string: $0))) })
    }
}
