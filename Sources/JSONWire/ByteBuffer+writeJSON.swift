package import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

extension ByteBuffer {
    /// Appends UTF-8 as a JSON string (RFC 8259 section 7): quotes, backslashes and control characters are escaped.
    package mutating func writeJSONString(_ text: some Collection<UInt8>) {
        // element by element a collection of any kind would cost an allocation for each
        let isDone: Void? = text.withContiguousStorageIfAvailable { write(UnsafeRawBufferPointer($0)) }
        if isDone == nil { Array(text).withUnsafeBytes { write($0) } }
    }

    private mutating func write(_ text: UnsafeRawBufferPointer) {
        writeInteger(UInt8(ascii: "\""))
        var start = 0
        for index in text.indices {
            let byte = text[index]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
            writeBytes(UnsafeRawBufferPointer(rebasing: text[start..<index]))
            writeEscape(byte)
            start = index + 1
        }
        writeBytes(UnsafeRawBufferPointer(rebasing: text[start...]))
        writeInteger(UInt8(ascii: "\""))
    }

    /// Appends a JSON value in one line: line breaks between its parts, the only ones that a value can have, are left
    /// out.
    package mutating func writeLine(json value: ByteBuffer) {
        let isLine = value.withUnsafeReadableBytes { bytes in
            !bytes.contains { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        }
        if isLine {
            writeImmutableBuffer(value)
        } else {
            writeBytes(value.readableBytesView.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
        }
    }

    /// A text as a JSON string.
    ///
    /// - Parameter text: in UTF-8.
    package init(jsonString text: ByteBuffer) {
        self.init()
        reserveCapacity(text.readableBytes + 16)
        writeJSONString(text.readableBytesView)
    }

    /// Appends a number in decimal digits.
    package mutating func writeDecimal(_ number: UInt64) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var start = digits.count
            var rest = number
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            writeBytes(UnsafeRawBufferPointer(rebasing: digits[start...]))
        }
    }

    private mutating func writeEscape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): writeStaticString(#"\""#)
        case UInt8(ascii: "\\"): writeStaticString(#"\\"#)
        case UInt8(ascii: "\n"): writeStaticString(#"\n"#)
        case UInt8(ascii: "\r"): writeStaticString(#"\r"#)
        case UInt8(ascii: "\t"): writeStaticString(#"\t"#)
        default:
            let digits = String(byte, radix: 16)
            writeString(#"\u00"# + (digits.count == 1 ? "0" : "") + digits)
        }
    }

    /// Appends bytes in base64 (RFC 4648 section 4).
    package mutating func writeBase64(_ bytes: some Collection<UInt8>) {
        writeString(Data(bytes).base64EncodedString())
    }
}
