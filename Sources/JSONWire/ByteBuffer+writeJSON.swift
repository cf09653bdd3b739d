package import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

extension ByteBuffer {
    /// Appends UTF-8 as a JSON string (RFC 8259 section 7): quotes, backslashes and control characters are escaped.
    package mutating func writeJSONString(_ text: some Collection<UInt8>) {
        writeInteger(UInt8(ascii: "\""))
        var start = text.startIndex
        var index = start
        while index < text.endIndex {
            let byte = text[index]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                index = text.index(after: index)
                continue
            }
            writeBytes(text[start..<index])
            writeEscape(byte)
            index = text.index(after: index)
            start = index
        }
        writeBytes(text[start...])
        writeInteger(UInt8(ascii: "\""))
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
