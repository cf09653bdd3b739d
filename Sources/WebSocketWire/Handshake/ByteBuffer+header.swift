import NIOCore

extension ByteBuffer {
    /// Appends one header field. Control characters in it are left out: a line break would begin a field, or a
    /// message, of somebody else's making.
    mutating func writeHeader(_ name: String, _ value: String) {
        writeSafely(name)
        writeString(": ")
        writeSafely(value)
        writeString("\r\n")
    }

    /// Appends `text` without control characters.
    mutating func writeSafely(_ text: String) {
        if text.utf8.allSatisfy({ $0.isFieldValueCharacter }) {
            writeString(text)
        } else {
            writeBytes(text.utf8.filter { $0.isFieldValueCharacter })
        }
    }
}
