/// Walks through the value of a header field, over the blanks between its parts.
struct TokenCursor {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
        skipBlanks()
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// Takes `character`, if it is next.
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = rest.first, byte == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        skipBlanks()
        return true
    }

    /// Takes a token (RFC 9110 section 5.6.2).
    mutating func token() -> String? {
        let token = rest.prefix { $0.isTokenCharacter }
        guard !token.isEmpty else { return nil }
        rest = rest[token.endIndex...]
        skipBlanks()
        return String(Substring(token))
    }

    /// Takes a string in double quotes, which without its quotes and backslashes has to be a token again
    /// (RFC 6455 section 9.1).
    mutating func quotedToken() -> String? {
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        var ahead = rest.dropFirst()
        var content: [UInt8] = []
        while let byte = ahead.popFirst() {
            if byte == UInt8(ascii: "\"") {
                guard !content.isEmpty else { return nil }
                rest = ahead
                skipBlanks()
                return String(decoding: content, as: UTF8.self)
            }
            guard let plain = byte == UInt8(ascii: "\\") ? ahead.popFirst() : byte, plain.isTokenCharacter else {
                return nil
            }
            content.append(plain)
        }
        return nil
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0.isBlank }
    }
}
