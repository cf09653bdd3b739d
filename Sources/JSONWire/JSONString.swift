/// What stands between the quotes of a JSON string (RFC 8259 section 7).
enum JSONString {
    /// - Parameter bytes: have been checked.
    static func unescaped(_ bytes: UnsafeRawBufferPointer) -> String {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var units: [UInt16] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\\") else {
                flush(&units, into: &plain)
                plain.append(byte)
                index += 1
                continue
            }
            let escape = bytes[index + 1]
            if escape == UInt8(ascii: "u") {
                // pairs of surrogates are two escapes in a row
                units.append(hexadecimal(bytes[index + 2..<index + 6]))
                index += 6
            } else {
                flush(&units, into: &plain)
                plain.append(character(escape))
                index += 2
            }
        }
        flush(&units, into: &plain)
        return String(decoding: plain, as: UTF8.self)
    }

    private static func flush(_ units: inout [UInt16], into plain: inout [UInt8]) {
        guard !units.isEmpty else { return }
        plain.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
        units.removeAll(keepingCapacity: true)
    }

    private static func character(_ escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: escape
        }
    }

    private static func hexadecimal(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt16 {
        digits.reduce(0) { number, digit in
            number << 4 | UInt16(digit & 0x0F) + (digit > UInt8(ascii: "9") ? 9 : 0)
        }
    }
}
