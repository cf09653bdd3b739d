import NIOCore

/// Numbers in base 64.
extension ByteBuffer {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~".utf8)

    mutating func writeFossil(_ number: UInt32) {
        // its highest digit, and those behind it
        let highest = number == 0 ? 0 : (31 - number.leadingZeroBitCount) / 6
        for place in stride(from: highest, through: 0, by: -1) {
            writeInteger(Self.digits[Int(number >> (6 * UInt32(place)) & 0x3F)])
        }
    }

    /// Takes all digits that are here: at least one, and no more than make 32 bits.
    mutating func readFossilNumber() throws(FossilDeltaError) -> UInt32 {
        var number: UInt64 = 0
        var count = 0
        while let byte = getInteger(at: readerIndex, as: UInt8.self), let digit = byte.fossilDigit {
            number = number << 6 | digit
            guard number <= UInt32.max else { throw FossilDeltaError("a number has more than 32 bits") }
            moveReaderIndex(forwardBy: 1)
            count += 1
        }
        guard count > 0 else { throw FossilDeltaError("a number is missing") }
        return UInt32(number)
    }
}

extension UInt8 {
    /// What it counts as a digit; `nil` if it is none.
    fileprivate var fossilDigit: UInt64? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(self - UInt8(ascii: "0"))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt64(self - UInt8(ascii: "A") + 10)
        case UInt8(ascii: "_"): 36
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt64(self - UInt8(ascii: "a") + 37)
        case UInt8(ascii: "~"): 63
        default: nil
        }
    }
}
