package import ChorusCore
package import NIOCore
import WebSocketWire

/// Messages as WebSocket frames, compressed or not.
package final class FrameEncoder: MessageEncoder {
    private let format: MessageFormat
    private var frames: FramePacker
    private var envelope = ByteBuffer()

    /// - Parameter windowBits: compress with a window of 2 to this power; `nil` for not at all.
    package init(_ format: MessageFormat = .plain, windowBits: Int?) {
        self.format = format
        self.frames = FramePacker(windowBits: windowBits)
    }

    package func encode(_ message: Message, topic: String, into out: inout ByteBuffer) {
        switch format {
        case .plain:
            // who has come or gone cannot be told without an envelope
            guard message.notice == nil else { return }
            frames.write(message.kind == .binary ? .binary : .text, message.payload, into: &out)
        case .envelope:
            envelope.clear()
            Envelope.write(message, topic: topic, into: &envelope)
            frames.write(.text, envelope, into: &out)
        }
    }
}

extension Encoding {
    /// WebSocket frames, not compressed, or with the window that the client allows (RFC 7692 section 7.1.2.1).
    ///
    /// - Parameter windowBits: 0 for not compressed.
    static func frames(_ format: MessageFormat, windowBits: Int) -> Encoding {
        let all = format == .plain ? plainFrames : envelopeFrames
        return windowBits == 0 ? all[0] : all[min(max(windowBits, 8), 15) - 7]
    }

    private static let plainFrames = makeFrames(.plain)
    private static let envelopeFrames = makeFrames(.envelope)

    private static func makeFrames(_ format: MessageFormat) -> [Encoding] {
        [Encoding("\(format) frames") { FrameEncoder(format, windowBits: nil) }]
            + (8...15).map { (bits: Int) in
                Encoding("\(format) frames, window bits \(bits)") {
                    FrameEncoder(format, windowBits: bits)
                }
            }
    }
}
