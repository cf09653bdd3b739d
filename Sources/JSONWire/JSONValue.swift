package import NIOCore

/// One JSON value (RFC 8259) as the bytes that it came in, checked. What is in it is decoded when it is asked for, so a
/// payload within a request is never taken apart.
package struct JSONValue: Hashable, Sendable {
    /// What a value is.
    package enum Kind: Sendable {
        case object, array, string, number, bool, null
    }

    /// Its text: without white space before and behind it, as it came within.
    package let text: ByteBuffer

    /// Checks that `text` is one value, in UTF-8, nested at most 128 deep, with nothing but white space around it.
    package init(_ text: ByteBuffer) throws(JSONError) {
        let range = try text.withUnsafeReadableBytes { bytes throws(JSONError) in
            var scanner = JSONScanner(bytes)
            scanner.skipSpace()
            let start = scanner.index
            try scanner.skipValue()
            let end = scanner.index
            scanner.skipSpace()
            guard scanner.next == nil else { throw scanner.failure("something follows the value") }
            return start..<end
        }
        self.init(known: text.part(range))
    }

    /// - Parameter text: has been checked.
    private init(known text: ByteBuffer) { self.text = text }

    package var kind: Kind {
        switch text.getInteger(at: text.readerIndex, as: UInt8.self) {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    // MARK: What is in it

    /// The text of a string, unescaped; half of a surrogate pair is U+FFFD. `nil` for other values.
    package var string: String? {
        guard kind == .string else { return nil }
        return text.withUnsafeReadableBytes { bytes in
            let inner = UnsafeRawBufferPointer(rebasing: bytes[1..<bytes.count - 1])
            guard inner.contains(UInt8(ascii: "\\")) else { return String(decoding: inner, as: UTF8.self) }
            return JSONString.unescaped(inner)
        }
    }

    /// `nil` for other values than `true` and `false`.
    package var bool: Bool? {
        kind == .bool ? text.getInteger(at: text.readerIndex, as: UInt8.self) == UInt8(ascii: "t") : nil
    }

    /// A number without a fraction or an exponent that fits; `nil` for all else.
    package func integer<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
        kind == .number ? Number(String(buffer: text)) : nil
    }

    /// `nil` for other values than numbers.
    package var double: Double? { kind == .number ? Double(String(buffer: text)) : nil }

    /// The values of an array; `nil` for other values.
    package var elements: [JSONValue]? {
        guard kind == .array else { return nil }
        var elements: [JSONValue] = []
        walk { scanner in elements.append(value(&scanner)) }
        return elements
    }

    /// The fields of an object in their order; `nil` for other values.
    package var fields: [(name: String, value: JSONValue)]? {
        guard kind == .object else { return nil }
        var fields: [(name: String, value: JSONValue)] = []
        walk { scanner in
            let name = value(&scanner).string ?? ""
            scanner.skipColon()
            fields.append((name, value(&scanner)))
        }
        return fields
    }

    /// A field of an object, the last one of this name; `nil` if there is none, and for other values.
    package subscript(_ name: String) -> JSONValue? { fields?.last { $0.name == name }?.value }

    /// Calls `body` at the beginning of everything between the brackets.
    private func walk(_ body: (inout JSONScanner) -> Void) {
        text.withUnsafeReadableBytes { bytes in
            var scanner = JSONScanner(bytes)
            scanner.walk(body)
        }
    }

    private func value(_ scanner: inout JSONScanner) -> JSONValue {
        let start = scanner.index
        // it has been checked
        try? scanner.skipValue()
        return JSONValue(known: text.part(start..<scanner.index))
    }

    // MARK: Without white space

    /// The same value without white space between its parts. Copies only if there is any.
    package var compact: ByteBuffer {
        var compact: ByteBuffer?
        var start = 0
        text.withUnsafeReadableBytes { bytes in
            var isInString = false
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte == UInt8(ascii: "\""), !isInString {
                    isInString = true
                } else if isInString {
                    if byte == UInt8(ascii: "\"") { isInString = false }
                    if byte == UInt8(ascii: "\\") { index += 1 }
                } else if byte <= 0x20 {
                    if compact == nil { compact = ByteBuffer() }
                    compact?.writeBytes(bytes[start..<index])
                    start = index + 1
                }
                index += 1
            }
            compact?.writeBytes(bytes[start...])
        }
        return compact ?? text
    }
}

extension ByteBuffer {
    /// A part of what can be read; shares the storage.
    fileprivate func part(_ range: Range<Int>) -> ByteBuffer {
        // the range comes from its own bytes
        getSlice(at: readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
    }
}
