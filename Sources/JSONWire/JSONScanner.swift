/// Walks through JSON texts (RFC 8259) byte by byte and checks them: syntax, UTF-8 and how deep they are nested. Nothing
/// is decoded, copied or allocated.
struct JSONScanner {
    /// Arrays and objects within each other, at most.
    static let deepest = 128

    let bytes: UnsafeRawBufferPointer
    var index = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next byte; `nil` at the end.
    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    func failure(_ reason: String) -> JSONError { JSONError(reason: reason, offset: index) }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    /// Moves behind the value that begins here.
    mutating func skipValue(depth: Int = 0) throws(JSONError) {
        guard let next else { throw failure("the text ends where a value should be") }
        switch next {
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "{"): try skipObject(depth + 1)
        case UInt8(ascii: "["): try skipArray(depth + 1)
        case UInt8(ascii: "t"): try skip("true")
        case UInt8(ascii: "f"): try skip("false")
        case UInt8(ascii: "n"): try skip("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber()
        default: throw failure("this is no JSON value")
        }
    }

    private mutating func skip(_ word: StaticString) throws(JSONError) {
        let end = index + word.utf8CodeUnitCount
        guard end <= bytes.count else { throw failure("this is no JSON value") }
        for offset in 0..<word.utf8CodeUnitCount where bytes[index + offset] != word.utf8Start[offset] {
            throw failure("this is no JSON value")
        }
        index = end
    }

    private mutating func skipObject(_ depth: Int) throws(JSONError) {
        guard depth <= JSONScanner.deepest else { throw failure("nested more than \(JSONScanner.deepest) deep") }
        index += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("a name in quotes is missing") }
            try skipString()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure("a colon is missing") }
            skipSpace()
            try skipValue(depth: depth)
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure("a comma or the end of an object is missing") }
    }

    private mutating func skipArray(_ depth: Int) throws(JSONError) {
        guard depth <= JSONScanner.deepest else { throw failure("nested more than \(JSONScanner.deepest) deep") }
        index += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return }
        repeat {
            skipSpace()
            try skipValue(depth: depth)
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure("a comma or the end of an array is missing") }
    }

    /// Calls `body` at the beginning of everything between the brackets that begin here, and moves behind them. The
    /// text has been checked.
    mutating func walk(_ body: (inout JSONScanner) -> Void) {
        index += 1
        skipSpace()
        if take(UInt8(ascii: "}")) || take(UInt8(ascii: "]")) { return }
        repeat {
            skipSpace()
            body(&self)
            skipSpace()
        } while take(UInt8(ascii: ","))
        index += 1
    }

    /// Moves from behind a name to its value. The text has been checked.
    mutating func skipColon() {
        skipSpace()
        _ = take(UInt8(ascii: ":"))
        skipSpace()
    }

    /// Moves behind `byte` if it is here.
    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        index += 1
        return true
    }

    // MARK: Numbers (section 6)

    private mutating func skipNumber() throws(JSONError) {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try skipDigits() }
        if take(UInt8(ascii: ".")) { try skipDigits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = index
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        if index == start { throw failure("a digit is missing") }
    }

    // MARK: Strings (section 7)

    private mutating func skipString() throws(JSONError) {
        index += 1
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return
            case UInt8(ascii: "\\"): try skipEscape()
            case 0x20..<0x80: index += 1
            case 0x80...: try skipCharacter(byte)
            default: throw failure("a control character must be escaped")
            }
        }
        throw failure("a string does not end")
    }

    private mutating func skipEscape() throws(JSONError) {
        index += 1
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 1
        case UInt8(ascii: "u"):
            index += 1
            for _ in 0..<4 {
                guard let byte = next, byte.isHexDigit else { throw failure("four hexadecimal digits are missing") }
                index += 1
            }
        default: throw failure("there is no such escape")
        }
    }

    /// Moves behind a character of several bytes (RFC 3629 section 4).
    private mutating func skipCharacter(_ first: UInt8) throws(JSONError) {
        let (count, second): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            default: throw failure("this is not UTF-8")
            }
        for place in 1..<count {
            guard index + place < bytes.count, (place == 1 ? second : 0x80...0xBF).contains(bytes[index + place])
            else { throw failure("this is not UTF-8") }
        }
        index += count
    }
}

extension UInt8 {
    /// Whether it is one of `0`–`9`, `a`–`f`, `A`–`F`.
    var isHexDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
