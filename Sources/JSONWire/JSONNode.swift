package import NIOCore

/// A JSON value (RFC 8259) whose parts know where they stand: for files that people write and want to be told about.
package struct JSONNode: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case object([Field])
        case array([JSONNode])
        case string(String)
        /// As it is written.
        case number(String)
        case bool(Bool)
        case null
    }

    /// A field of an object.
    package struct Field: Hashable, Sendable {
        package let name: String
        /// Where the name stands.
        package let offset: Int
        package let value: JSONNode
    }

    package let content: Content
    /// The byte at which the value begins, from 0.
    package let offset: Int

    /// Takes a text apart that is one value, in UTF-8, nested at most 128 deep, with nothing but white space around it.
    package init(_ text: ByteBuffer) throws(JSONError) {
        _ = try JSONValue(text)
        self = text.withUnsafeReadableBytes { bytes in
            var scanner = JSONScanner(bytes)
            scanner.skipSpace()
            return JSONNode(&scanner)
        }
    }

    /// An object without fields.
    package static let emptyObject = JSONNode(content: .object([]), offset: 0)

    private init(content: Content, offset: Int) {
        self.content = content
        self.offset = offset
    }

    /// - Parameter scanner: at a value of a text that has been checked.
    private init(_ scanner: inout JSONScanner) {
        let start = scanner.index
        switch scanner.next {
        case UInt8(ascii: "{"):
            var fields: [Field] = []
            scanner.walk { scanner in
                let name = JSONNode(&scanner)
                scanner.skipColon()
                fields.append(Field(name: name.string ?? "", offset: name.offset, value: JSONNode(&scanner)))
            }
            content = .object(fields)
        case UInt8(ascii: "["):
            var elements: [JSONNode] = []
            scanner.walk { elements.append(JSONNode(&$0)) }
            content = .array(elements)
        default:
            // it has been checked
            try? scanner.skipValue()
            let text = UnsafeRawBufferPointer(rebasing: scanner.bytes[start..<scanner.index])
            content = JSONNode.scalar(text)
        }
        offset = start
    }

    private static func scalar(_ text: UnsafeRawBufferPointer) -> Content {
        switch text.first {
        case UInt8(ascii: "\""):
            .string(JSONString.unescaped(UnsafeRawBufferPointer(rebasing: text.dropFirst().dropLast())))
        case UInt8(ascii: "t"): .bool(true)
        case UInt8(ascii: "f"): .bool(false)
        case UInt8(ascii: "n"): .null
        default: .number(String(decoding: text, as: UTF8.self))
        }
    }

    // MARK: What is in it

    /// `nil` for other values than strings.
    package var string: String? {
        if case .string(let text) = content { text } else { nil }
    }

    /// The fields of an object in their order; `nil` for other values.
    package var fields: [Field]? {
        if case .object(let fields) = content { fields } else { nil }
    }

    /// `nil` for other values than arrays.
    package var elements: [JSONNode]? {
        if case .array(let elements) = content { elements } else { nil }
    }

    /// A field of an object, the last one of this name; `nil` if there is none, and for other values.
    package subscript(_ name: String) -> JSONNode? { fields?.last { $0.name == name }?.value }

    /// What stands at the end of a path of names and, in arrays, of indices; `nil` if there is nothing.
    package subscript(_ path: some Sequence<String>) -> JSONNode? {
        var node = self
        for step in path {
            if let elements = node.elements, let index = Int(step) {
                guard elements.indices.contains(index) else { return nil }
                node = elements[index]
            } else {
                guard let next = node[step] else { return nil }
                node = next
            }
        }
        return node
    }
}
