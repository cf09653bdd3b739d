/// A frame put together by hand, so that it can break every rule, and so that the writer is not tested with itself.
struct RawFrame: Sendable {
    enum LengthForm: Sendable {
        case minimal
        case twoBytes
        case eightBytes
    }

    static let testMask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    var opcode: UInt8
    var payload: [UInt8] = []
    var fin = true
    /// RSV1 is 4, RSV2 is 2, RSV3 is 1.
    var rsv: UInt8 = 0
    var mask: [UInt8]? = Self.testMask
    var form = LengthForm.minimal
    /// What the header says, if that is not the truth.
    var declared: UInt64?

    var bytes: [UInt8] {
        let size = declared ?? UInt64(payload.count)
        var bytes: [UInt8] = [(fin ? 0x80 : 0) | rsv << 4 | opcode]
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        if size <= 125, form == .minimal {
            bytes.append(maskBit | UInt8(size))
        } else if size <= 0xFFFF, form != .eightBytes {
            bytes += [maskBit | 126, UInt8(size >> 8), UInt8(size & 0xFF)]
        } else {
            bytes.append(maskBit | 127)
            bytes += stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: size >> UInt64($0)) }
        }
        guard let mask else { return bytes + payload }
        bytes += mask
        var index = 0
        for byte in payload {
            bytes.append(byte ^ mask[index % 4])
            index += 1
        }
        return bytes
    }

    static func text(_ string: String, fin: Bool = true) -> RawFrame {
        RawFrame(opcode: 1, payload: Array(string.utf8), fin: fin)
    }

    static func binary(_ payload: [UInt8], fin: Bool = true) -> RawFrame {
        RawFrame(opcode: 2, payload: payload, fin: fin)
    }

    static func continuation(_ payload: [UInt8], fin: Bool = true) -> RawFrame {
        RawFrame(opcode: 0, payload: payload, fin: fin)
    }

    static func close(_ code: UInt16, _ reason: [UInt8] = []) -> RawFrame {
        RawFrame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
    }

    static func ping(_ payload: [UInt8] = []) -> RawFrame { RawFrame(opcode: 9, payload: payload) }
    static func pong(_ payload: [UInt8] = []) -> RawFrame { RawFrame(opcode: 10, payload: payload) }
}

extension [RawFrame] {
    var bytes: [UInt8] { flatMap(\.bytes) }
}
