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
        let count = bytes.count
        while offset < count {
            if missing == 0 {
                offset = Self.skipASCII(bytes, from: offset)
                guard offset < count else { return true }
                guard begin(with: bytes[offset]) else { return false }
            } else {
                let byte = bytes[offset]
                guard byte >= lowest, byte <= highest else { return false }
                missing -= 1
                (lowest, highest) = (0x80, 0xBF)
            }
            offset += 1
        }
        return true
    }

    private static func skipASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var offset = start
        while bytes.count - offset >= 8 {
            guard bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 else {
                break
            }
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
