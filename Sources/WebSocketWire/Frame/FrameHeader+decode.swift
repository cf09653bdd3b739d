extension FrameHeader {
    /// Decodes the header at the start of `bytes`, or returns nil when it is not all there.
    ///
    /// Every rule is applied as soon as the byte it concerns has arrived, so that a peer is refused at the same
    /// byte whether its header came whole or in pieces, and an oversized frame is refused before its mask.
    static func decode(
        _ bytes: UnsafeRawBufferPointer,
        _ rules: FrameRules
    ) throws(WebSocketFailure) -> FrameHeader? {
        guard bytes.count >= 1 else { return nil }
        let opcode = try decodeOpcode(bytes[0], rules)
        let isFinal = bytes[0] & 0x80 != 0
        let isCompressed = bytes[0] & 0x40 != 0

        guard bytes.count >= 2 else { return nil }
        let isMasked = bytes[1] & 0x80 != 0
        let shortSize = Int(bytes[1] & 0x7F)
        guard isMasked == (rules.role == .server) else {
            throw .protocolError(isMasked ? "frames from a server must not be masked" : "frame is not masked")
        }
        if opcode.isControl, shortSize > 125 {
            throw .protocolError("control frame of more than 125 bytes")
        }

        let lengthEnd = shortSize == 127 ? 10 : shortSize == 126 ? 4 : 2
        guard bytes.count >= lengthEnd else { return nil }
        let payloadSize = try decodeSize(shortSize, bytes)
        if !opcode.isControl, payloadSize > (isCompressed ? rules.compressedRoom : rules.room) {
            throw .messageTooBig
        }

        guard isMasked else {
            return FrameHeader(
                opcode: opcode,
                isFinal: isFinal,
                isCompressed: isCompressed,
                payloadSize: payloadSize,
                mask: .none,
                size: lengthEnd
            )
        }
        guard bytes.count >= lengthEnd + 4 else { return nil }
        return FrameHeader(
            opcode: opcode,
            isFinal: isFinal,
            isCompressed: isCompressed,
            payloadSize: payloadSize,
            mask: FrameMask(wire: bytes.loadUnaligned(fromByteOffset: lengthEnd, as: UInt32.self)),
            size: lengthEnd + 4
        )
    }

    private static func decodeOpcode(
        _ byte: UInt8,
        _ rules: FrameRules
    ) throws(WebSocketFailure) -> WebSocketOpcode {
        guard let opcode = WebSocketOpcode(rawValue: byte & 0x0F) else {
            throw .protocolError("reserved opcode \(byte & 0x0F)")
        }
        guard byte & 0x30 == 0 else {
            throw .protocolError("reserved bit is set")
        }
        if byte & 0x40 != 0 {
            guard rules.acceptsDeflate else {
                throw .protocolError("RSV1 is set but no extension was negotiated")
            }
            guard opcode == .text || opcode == .binary else {
                throw .protocolError("RSV1 is only for the first frame of a message")
            }
        }
        if opcode.isControl {
            guard byte & 0x80 != 0 else {
                throw .protocolError("fragmented control frame")
            }
        } else if rules.isContinuing != (opcode == .continuation) {
            throw .protocolError(rules.isContinuing ? "expected a continuation frame" : "nothing to continue")
        }
        return opcode
    }

    /// Lengths need not be minimal: peers in the field get that wrong, and nothing depends on it.
    private static func decodeSize(
        _ shortSize: Int,
        _ bytes: UnsafeRawBufferPointer
    ) throws(WebSocketFailure) -> Int {
        switch shortSize {
        case 126:
            return Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
        case 127:
            let size = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard size <= UInt64(Int64.max) else {
                throw .protocolError("the top bit of the length is set")
            }
            return Int(clamping: size)
        default:
            return shortSize
        }
    }
}
