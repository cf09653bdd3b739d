package import ChorusCore
package import NIOCore
import WebSocketWire

/// Messages as WebSocket frames without an envelope: text and JSON as text, binary as binary.
package final class FrameEncoder: MessageEncoder {
    private let deflater: Deflater?
    private var compressed = ByteBuffer()

    /// Below this many bytes a message goes out as it is: deflate would make it hardly smaller.
    private static let leastCompressed = 128

    /// - Parameter windowBits: compress with a window of 2 to this power; `nil` for not at all.
    package init(windowBits: Int?) {
        deflater = windowBits.map { Deflater(windowBits: $0) }
    }

    package func encode(_ message: Message, topic: String, into out: inout ByteBuffer) {
        encode(message, into: &out)
    }

    package func encode(_ message: Message, into out: inout ByteBuffer) {
        let opcode: WebSocketOpcode = message.kind == .binary ? .binary : .text
        guard let deflater, message.payload.readableBytes >= FrameEncoder.leastCompressed else {
            WebSocketFrame.write(opcode, message.payload, into: &out)
            return
        }
        compressed.clear()
        deflater.deflate(message.payload, into: &compressed)
        if compressed.readableBytes < message.payload.readableBytes {
            WebSocketFrame.write(opcode, compressed, compressed: true, into: &out)
        } else {
            WebSocketFrame.write(opcode, message.payload, into: &out)
        }
    }
}

extension Encoding {
    /// WebSocket frames, not compressed.
    static let frames = Encoding("frames") { FrameEncoder(windowBits: nil) }

    /// WebSocket frames, compressed with the window that the client allows (RFC 7692 section 7.1.2.1).
    static func deflated(windowBits: Int) -> Encoding { deflatedFrames[min(max(windowBits, 8), 15) - 8] }

    private static let deflatedFrames = (8...15).map { (bits: Int) in
        Encoding("frames, deflated with \(bits) window bits") { FrameEncoder(windowBits: bits) }
    }
}
