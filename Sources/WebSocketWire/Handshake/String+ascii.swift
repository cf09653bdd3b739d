extension StringProtocol {
    /// Whether both are the same when `A` to `Z` count as `a` to `z`; other letters have no case in HTTP.
    func equalsIgnoringCase(_ other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count
            && utf8.elementsEqual(other.utf8) { left, right in left.lowercasedASCII == right.lowercasedASCII }
    }

    /// With `A` to `Z` made `a` to `z`.
    var lowercasedASCII: String {
        String(decoding: utf8.map { $0.lowercasedASCII }, as: UTF8.self)
    }
}

extension Substring {
    /// Without the spaces and tabs at both ends ("OWS", RFC 9110 section 5.6.3).
    func trimmingBlanks() -> Substring {
        var rest = utf8
        while let first = rest.first, first.isBlank { rest.removeFirst() }
        while let last = rest.last, last.isBlank { rest.removeLast() }
        return Substring(rest)
    }
}

extension UInt8 {
    /// `a` for `A`.
    var lowercasedASCII: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }

    /// A space or a tab.
    var isBlank: Bool { self == 0x20 || self == 0x09 }

    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    /// Whether this may be in a token, such as a method or a field's name (RFC 9110 section 5.6.2).
    package var isTokenCharacter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"): true
        case UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        case UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"): true
        default: false
        }
    }

    /// Whether this may be in a field's value: everything but control characters (RFC 9110 section 5.5).
    package var isFieldValueCharacter: Bool { (self >= 0x20 && self != 0x7F) || self == 0x09 }
}
