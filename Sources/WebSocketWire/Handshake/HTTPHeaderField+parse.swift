extension HTTPHeaderField {
    /// Parses a line of a head, strictly (RFC 9112 section 5): a token, a colon right after it, and a value without
    /// control characters. What two parsers could read differently is how requests are smuggled.
    init(line: UnsafeRawBufferPointer) throws(HandshakeRefusal) {
        guard let first = line.first, !first.isBlank else {
            throw .badRequest("A header field is folded over two lines.")
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw .badRequest("A header line has no colon.")
        }
        let name = line[..<colon]
        guard !name.isEmpty, name.allSatisfy({ $0.isTokenCharacter }) else {
            throw .badRequest("The name of a header field is not a token.")
        }
        var value = line[(colon + 1)...]
        guard value.allSatisfy({ $0.isFieldValueCharacter }) else {
            throw .badRequest("The value of a header field has a control character.")
        }
        while let first = value.first, first.isBlank { value = value.dropFirst() }
        while let last = value.last, last.isBlank { value = value.dropLast() }
        self.init(name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self))
    }
}
