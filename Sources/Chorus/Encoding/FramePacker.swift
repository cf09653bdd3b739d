import NIOCore
import WebSocketWire

/// Puts payloads into WebSocket frames, compressed or not.
struct FramePacker {
    private let deflater: Deflater?
    private var compressed = ByteBuffer()

    /// Below this many bytes a message goes out as it is: deflate would make it hardly smaller.
    private static let leastCompressed = 128

    /// - Parameter windowBits: compress with a window of 2 to this power; `nil` for not at all.
    init(windowBits: Int?) { deflater = windowBits.map { Deflater(windowBits: $0) } }

    mutating func write(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, into out: inout ByteBuffer) {
        guard let deflater, payload.readableBytes >= FramePacker.leastCompressed else {
            WebSocketFrame.write(opcode, payload, into: &out)
            return
        }
        compressed.clear()
        deflater.deflate(payload, into: &compressed)
        if compressed.readableBytes < payload.readableBytes {
            WebSocketFrame.write(opcode, compressed, compressed: true, into: &out)
        } else {
            WebSocketFrame.write(opcode, payload, into: &out)
        }
    }
}
