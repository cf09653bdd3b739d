/// Checks UTF-8 as it arrives in pieces (RFC 3629), and fails at the first byte that no valid text can contain there.
///
/// The state between two pieces is how many continuation bytes are missing and which range the next one has to be
/// in, as in the decoder of the WHATWG Encoding Standard: that range excludes overlong forms, surrogates and
/// numbers above U+10FFFF at their second byte.
public struct UTF8Validator: Sendable {
    private var missing: UInt8 = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// A validator at the start of a text.
    public init() {}

    /// Whether what was seen so far ends between two characters; true for no bytes at all.
    public var isComplete: Bool { missing == 0 }

    /// Takes the next piece. False as soon as the text cannot be UTF-8 any more; what follows is then meaningless.
    public mutating func validate(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while true {
            while missing > 0 {
                guard offset < bytes.count else { return true }
                let byte = bytes[offset]
                guard byte >= lowest, byte <= highest else { return false }
                missing -= 1
                (lowest, highest) = (0x80, 0xBF)
                offset += 1
            }
            offset = Self.skipCommon(bytes, from: offset)
            guard offset < bytes.count else { return true }
            guard begin(with: bytes[offset]) else { return false }
            offset += 1
        }
    }

    /// Skips what needs no state: ASCII, and the characters of two and three bytes that are whole and have no special
    /// case. Stops at any other byte, which need not be wrong.
    private static func skipCommon(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        func continues(_ offset: Int) -> Bool { bytes[offset] & 0xC0 == 0x80 }
        var offset = start
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x00...0x7F:
                offset = skipASCII(bytes, from: offset)
            case 0xC2...0xDF where bytes.count - offset >= 2 && continues(offset + 1):
                offset += 2
            case 0xE1...0xEC, 0xEE...0xEF:
                guard bytes.count - offset >= 3, continues(offset + 1), continues(offset + 2) else { return offset }
                offset += 3
            default:
                return offset
            }
        }
        return offset
    }

    /// The index of the first byte from `start` on that is not ASCII, found eight bytes at a time.
    private static func skipASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var offset = start
        while bytes.count - offset >= 8 {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let highBits = word & 0x8080_8080_8080_8080
            guard highBits == 0 else { return offset + highBits.trailingZeroBitCount / 8 }
            offset += 8
        }
        while offset < bytes.count, bytes[offset] < 0x80 {
            offset += 1
        }
        return offset
    }

    /// Takes the first byte of a character that is not ASCII.
    private mutating func begin(with byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF:
            missing = 1
        case 0xE0...0xEF:
            missing = 2
            if byte == 0xE0 { lowest = 0xA0 }
            if byte == 0xED { highest = 0x9F }
        case 0xF0...0xF4:
            missing = 3
            if byte == 0xF0 { lowest = 0x90 }
            if byte == 0xF4 { highest = 0x8F }
        default:
            return false
        }
        return true
    }
}
