package import NIOCore

/// Writes one JSON object, field by field.
package struct JSONObjectWriter: ~Copyable {
    private var out: ByteBuffer
    private var isEmpty = true

    fileprivate init() {
        out = ByteBuffer()
        out.writeInteger(UInt8(ascii: "{"))
    }

    fileprivate consuming func finish() -> ByteBuffer {
        out.writeInteger(UInt8(ascii: "}"))
        return out
    }

    package mutating func field(_ name: some StringProtocol, _ text: String) {
        begin(name)
        out.writeJSONString(text.utf8)
    }

    package mutating func field(_ name: some StringProtocol, _ number: some FixedWidthInteger) {
        begin(name)
        out.writeString("\(number)")
    }

    /// - Parameter number: finite.
    package mutating func field(_ name: some StringProtocol, _ number: Double) {
        begin(name)
        out.writeString("\(number)")
    }

    package mutating func field(_ name: some StringProtocol, _ flag: Bool) {
        begin(name)
        out.writeStaticString(flag ? "true" : "false")
    }

    /// - Parameter json: one JSON value.
    package mutating func field(_ name: some StringProtocol, json: ByteBuffer) {
        begin(name)
        out.writeImmutableBuffer(json)
    }

    /// - Parameter elements: JSON values.
    package mutating func field(_ name: some StringProtocol, elements: some Sequence<ByteBuffer>) {
        begin(name)
        out.writeInteger(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { out.writeInteger(UInt8(ascii: ",")) }
            out.writeImmutableBuffer(element)
        }
        out.writeInteger(UInt8(ascii: "]"))
    }

    private mutating func begin(_ name: some StringProtocol) {
        if !isEmpty { out.writeInteger(UInt8(ascii: ",")) }
        isEmpty = false
        out.writeJSONString(name.utf8)
        out.writeInteger(UInt8(ascii: ":"))
    }
}

extension ByteBuffer {
    /// One JSON object with the fields that `body` writes.
    package static func jsonObject(_ body: (inout JSONObjectWriter) -> Void) -> ByteBuffer {
        var writer = JSONObjectWriter()
        body(&writer)
        return writer.finish()
    }
}
