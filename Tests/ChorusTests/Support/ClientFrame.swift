import NIOCore

/// A frame as a client sends it, put together by hand so that it can break every rule.
struct ClientFrame: Sendable {
    var opcode: UInt8
    var payload: [UInt8] = []
    var fin = true
    /// RSV1 is 4, RSV2 is 2, RSV3 is 1.
    var rsv: UInt8 = 0
    var isMasked = true
    /// What the header says, if that is not the truth.
    var declared: Int?

    static func text(_ text: String, fin: Bool = true) -> Self { Self(opcode: 1, payload: Array(text.utf8), fin: fin) }
    static func binary(_ payload: [UInt8], fin: Bool = true) -> Self { Self(opcode: 2, payload: payload, fin: fin) }
    static func more(_ payload: [UInt8], fin: Bool = true) -> Self { Self(opcode: 0, payload: payload, fin: fin) }
    static func ping(_ payload: [UInt8] = []) -> Self { Self(opcode: 9, payload: payload) }

    static func close(_ code: UInt16? = 1000) -> Self {
        Self(opcode: 8, payload: code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [])
    }

    var bytes: ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeInteger((fin ? 0x80 : 0) | rsv << 4 | opcode)
        let size = declared ?? payload.count
        let maskBit: UInt8 = isMasked ? 0x80 : 0
        switch size {
        case ..<126: bytes.writeInteger(maskBit | UInt8(size))
        case ..<0x1_0000: bytes.writeMultipleIntegers(maskBit | 126, UInt16(size))
        default: bytes.writeMultipleIntegers(maskBit | 127, UInt64(size))
        }
        guard isMasked else {
            bytes.writeBytes(payload)
            return bytes
        }
        let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        bytes.writeBytes(mask)
        bytes.writeBytes(payload.enumerated().map { $1 ^ mask[$0 % 4] })
        return bytes
    }
}
