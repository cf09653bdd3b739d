package import NIOCore

extension ByteBuffer {
    /// The same text with spaces in place of `//` and `/* */` comments and of commas before a closing bracket, so that
    /// what is JSON for people becomes JSON, and every byte stays in its place. Throws for a `/*` without an end.
    package func withoutJSONComments() throws(JSONError) -> ByteBuffer {
        var bytes = Array(readableBytesView)
        var index = 0
        /// The last bytes that mean something: commas are only superfluous behind a value.
        var last: (index: Int, byte: UInt8)?
        var beforeLast: UInt8?
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D:
                index += 1
                continue
            case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "/"):
                let end = bytes[index...].firstIndex { $0 == 0x0A } ?? bytes.count
                bytes.blank(index..<end)
                index = end
                continue
            case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "*"):
                guard let end = bytes.endOfComment(from: index + 2) else {
                    throw JSONError(reason: "a comment does not end", offset: index)
                }
                bytes.blank(index..<end)
                index = end
                continue
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if let last, last.byte == UInt8(ascii: ","), let beforeLast,
                    ![UInt8(ascii: ","), UInt8(ascii: "{"), UInt8(ascii: "[")].contains(beforeLast)
                {
                    bytes.blank(last.index..<last.index + 1)
                }
            case UInt8(ascii: "\""):
                beforeLast = last?.byte
                last = (index, byte)
                index = bytes.endOfString(from: index + 1)
                continue
            default: break
            }
            beforeLast = last?.byte
            last = (index, byte)
            index += 1
        }
        return ByteBuffer(bytes: bytes)
    }
}

extension [UInt8] {
    /// Lines stay lines.
    fileprivate mutating func blank(_ range: Range<Int>) {
        for index in range where self[index] != 0x0A { self[index] = 0x20 }
    }

    /// The index behind the next `*/`.
    fileprivate func endOfComment(from start: Int) -> Int? {
        var index = start
        while index + 1 < count {
            if self[index] == UInt8(ascii: "*"), self[index + 1] == UInt8(ascii: "/") { return index + 2 }
            index += 1
        }
        return nil
    }

    /// The index behind the quote that ends a string; the end if there is none.
    fileprivate func endOfString(from start: Int) -> Int {
        var index = start
        while index < count {
            if self[index] == UInt8(ascii: "\"") { return index + 1 }
            index += self[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return count
    }
}
