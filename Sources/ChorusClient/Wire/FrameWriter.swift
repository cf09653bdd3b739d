import NIOCore
import WebSocketWire

/// Makes a client's frames: masked, deflated if that was agreed on and makes them smaller, each in one buffer.
struct FrameWriter {
    private var masks = MaskGenerator()
    private let deflateThreshold: Int
    /// The window that the server agreed to; nil without deflate.
    var windowBits: Int?

    init(deflateThreshold: Int) {
        self.deflateThreshold = deflateThreshold
    }

    mutating func frame(_ message: WebSocketMessage) -> ByteBuffer {
        let opcode: WebSocketOpcode = message.kind == .text ? .text : .binary
        if let windowBits, message.payload.readableBytes >= deflateThreshold {
            var deflated = ByteBuffer()
            ThreadCodecs.current.deflater(windowBits: windowBits).deflate(message.payload, into: &deflated)
            if deflated.readableBytes < message.payload.readableBytes {
                return frame(opcode, deflated, compressed: true)
            }
        }
        return frame(opcode, message.payload)
    }

    mutating func frame(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, compressed: Bool = false) -> ByteBuffer {
        let headerSize = WebSocketFrame.headerSize(payloadSize: payload.readableBytes, masked: true)
        var buffer = ByteBufferAllocator().buffer(capacity: headerSize + payload.readableBytes)
        WebSocketFrame.write(opcode, payload, compressed: compressed, mask: masks.next(), into: &buffer)
        return buffer
    }

    mutating func frame(_ close: ConnectionState.CloseFrame) -> ByteBuffer {
        var buffer = ByteBuffer()
        WebSocketFrame.writeClose(close.code, reason: close.reason, mask: masks.next(), into: &buffer)
        return buffer
    }
}
