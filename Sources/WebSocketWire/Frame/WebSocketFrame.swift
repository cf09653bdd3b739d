public import NIOCore

/// Writes frames (RFC 6455 section 5.2).
///
/// A server sends `mask: nil`; a client must send a fresh random mask with every frame. Everything is appended to
/// the buffer that is passed in, so that several frames can leave in one write.
public enum WebSocketFrame {
    /// The size of a frame's header in bytes, 2 to 14, for a payload of `payloadSize` bytes.
    public static func headerSize(payloadSize: Int, masked: Bool) -> Int {
        (payloadSize <= 125 ? 2 : payloadSize <= 0xFFFF ? 4 : 10) + (masked ? 4 : 0)
    }

    /// Appends a frame's header; the caller appends `payloadSize` bytes, already combined with `mask` if there is
    /// one. `compressed` sets RSV1 and belongs on the first frame of a deflated message (RFC 7692 section 6).
    public static func writeHeader(
        _ opcode: WebSocketOpcode,
        payloadSize: Int,
        fin: Bool = true,
        compressed: Bool = false,
        mask: UInt32? = nil,
        into buffer: inout ByteBuffer
    ) {
        let first = (fin ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode.rawValue
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        if payloadSize <= 125 {
            buffer.writeMultipleIntegers(first, maskBit | UInt8(clamping: payloadSize))
        } else if payloadSize <= 0xFFFF {
            buffer.writeMultipleIntegers(first, maskBit | 126, UInt16(payloadSize))
        } else {
            buffer.writeMultipleIntegers(first, maskBit | 127, UInt64(payloadSize))
        }
        if let mask {
            buffer.writeInteger(mask)
        }
    }

    /// Appends a whole frame. The payload is copied, and masked on the way when `mask` is given. A control frame
    /// may have no more than 125 bytes: what is longer is cut, because every peer would hang up on it.
    public static func write(
        _ opcode: WebSocketOpcode,
        _ payload: ByteBuffer,
        fin: Bool = true,
        compressed: Bool = false,
        mask: UInt32? = nil,
        into buffer: inout ByteBuffer
    ) {
        let size = opcode.isControl ? min(payload.readableBytes, 125) : payload.readableBytes
        buffer.reserveCapacity(minimumWritableBytes: headerSize(payloadSize: size, masked: mask != nil) + size)
        writeHeader(opcode, payloadSize: size, fin: fin, compressed: compressed, mask: mask, into: &buffer)
        payload.withUnsafeReadableBytes { source in
            var turning = mask.map { FrameMask(bigEndian: $0) } ?? .none
            buffer.writeMasked(UnsafeRawBufferPointer(rebasing: source.prefix(size)), with: &turning)
        }
    }

    /// Appends a close frame (RFC 6455 section 5.5.1). Without a code, or with one that must not be on the wire, it
    /// is empty. The reason is cut to 123 bytes of UTF-8, between characters.
    public static func writeClose(
        _ code: WebSocketCloseCode?,
        reason: String = "",
        mask: UInt32? = nil,
        into buffer: inout ByteBuffer
    ) {
        var payload = ByteBuffer()
        if let code, code.isAllowedOnWire {
            payload.writeInteger(code.rawValue)
            payload.writeBytes(reason.utf8Prefix(123))
        }
        write(.close, payload, mask: mask, into: &buffer)
    }
}

extension String {
    /// As many whole characters (Unicode scalars) as fit into `limit` bytes of UTF-8.
    fileprivate func utf8Prefix(_ limit: Int) -> Substring.UTF8View {
        guard utf8.count > limit else { return self[...].utf8 }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 {
            end = utf8.index(before: end)
        }
        return self[..<end].utf8
    }
}
