import JSONWire
import NIOCore

/// JSON objects, field by field. Zero values are left out.
extension ByteBuffer {
    /// Appends an object with the fields that `body` writes, and a comma.
    mutating func writeObject(_ name: StaticString? = nil, _ body: (inout ByteBuffer) -> Void) {
        if let name { writeName(name) }
        writeInteger(UInt8(ascii: "{"))
        body(&self)
        end(UInt8(ascii: "}"))
    }

    /// Appends an array with the values that `body` writes, and a comma.
    mutating func writeArray(_ name: StaticString, _ body: (inout ByteBuffer) -> Void) {
        writeName(name)
        writeInteger(UInt8(ascii: "["))
        body(&self)
        end(UInt8(ascii: "]"))
    }

    /// Appends an object whose names are keys, and a comma; one without any only where it has to be there.
    mutating func writeEntries<Value>(
        _ name: StaticString,
        _ entries: [String: Value],
        evenEmpty: Bool = false,
        _ write: (inout ByteBuffer, Value) -> Void
    ) {
        guard evenEmpty || !entries.isEmpty else { return }
        writeObject(name) { out in
            for (key, value) in entries {
                out.writeJSONString(key.utf8)
                out.writeInteger(UInt8(ascii: ":"))
                write(&out, value)
            }
        }
    }

    mutating func writeField(_ name: StaticString, _ text: String) {
        guard !text.isEmpty else { return }
        writeName(name)
        writeString(json: text)
    }

    mutating func writeField(_ name: StaticString, _ number: some FixedWidthInteger & UnsignedInteger) {
        guard number > 0 else { return }
        writeName(name)
        writeNumber(number)
    }

    mutating func writeField(_ name: StaticString, _ flag: Bool) {
        guard flag else { return }
        writeName(name)
        writeStaticString("true,")
    }

    /// - Parameter payload: one JSON value.
    mutating func writeField(_ name: StaticString, _ payload: ByteBuffer?) {
        guard let payload, payload.readableBytes > 0 else { return }
        writeName(name)
        writeLine(json: payload)
        writeInteger(UInt8(ascii: ","))
    }

    // MARK: Their parts

    mutating func writeName(_ name: StaticString) {
        writeInteger(UInt8(ascii: "\""))
        writeStaticString(name)
        writeStaticString("\":")
    }

    mutating func writeString(json text: String) {
        writeJSONString(text.utf8)
        writeInteger(UInt8(ascii: ","))
    }

    mutating func writeNumber(_ number: some FixedWidthInteger & UnsignedInteger) {
        writeDecimal(UInt64(number))
        writeInteger(UInt8(ascii: ","))
    }

    /// Every field and value ends with a comma: the last one's becomes the bracket.
    private mutating func end(_ bracket: UInt8) {
        let last = writerIndex - 1
        if getInteger(at: last, as: UInt8.self) == UInt8(ascii: ",") {
            setInteger(bracket, at: last)
        } else {
            writeInteger(bracket)
        }
        writeInteger(UInt8(ascii: ","))
    }
}
