import NIOCore

/// A message that says its fields itself, to one that counts their bytes and then to one that writes them.
protocol ProtobufMessage {
    /// Says every field that has another value than its zero, in the order of their numbers.
    func encode(into sink: inout some ProtobufSink)
}

/// What takes the fields of a message (https://protobuf.dev/programming-guides/encoding).
protocol ProtobufSink {
    mutating func varint(_ number: UInt64)
    mutating func append(_ bytes: ByteBuffer)
    mutating func append(_ text: String)
    /// - Parameter size: the message's, in bytes: who counts has no need to go through it once more.
    mutating func append(_ message: some ProtobufMessage, size: Int)
}

extension ProtobufSink {
    mutating func field(_ number: UInt64, _ value: UInt64) {
        guard value != 0 else { return }
        varint(number << 3)
        varint(value)
    }

    mutating func field(_ number: UInt64, _ flag: Bool) { field(number, flag ? 1 : 0) }

    mutating func field(_ number: UInt64, _ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        begin(number, bytes.readableBytes)
        append(bytes)
    }

    mutating func field(_ number: UInt64, _ text: String) {
        guard !text.isEmpty else { return }
        begin(number, text.utf8.count)
        append(text)
    }

    /// A message is there, or is not: one without fields is not left out.
    mutating func field(_ number: UInt64, _ message: some ProtobufMessage) {
        let size = message.protobufSize
        begin(number, size)
        append(message, size: size)
    }

    private mutating func begin(_ number: UInt64, _ length: Int) {
        varint(number << 3 | 2)
        varint(UInt64(length))
    }
}

extension ProtobufMessage {
    /// In bytes.
    var protobufSize: Int {
        var sizer = ProtobufSizer()
        encode(into: &sizer)
        return sizer.size
    }
}

/// Counts bytes.
private struct ProtobufSizer: ProtobufSink {
    private(set) var size = 0

    mutating func varint(_ number: UInt64) { size += max(1, (70 - number.leadingZeroBitCount) / 7) }

    mutating func append(_ bytes: ByteBuffer) { size += bytes.readableBytes }

    mutating func append(_ text: String) { size += text.utf8.count }

    mutating func append(_ message: some ProtobufMessage, size: Int) { self.size += size }
}

extension ByteBuffer: ProtobufSink {
    mutating func varint(_ number: UInt64) { writeVarint(number) }

    mutating func append(_ bytes: ByteBuffer) { writeImmutableBuffer(bytes) }

    mutating func append(_ text: String) { writeString(text) }

    mutating func append(_ message: some ProtobufMessage, size: Int) { message.encode(into: &self) }
}

extension ByteBuffer {
    /// Appends a message behind its length.
    mutating func writeProtobuf(delimited message: some ProtobufMessage) {
        let size = message.protobufSize
        reserveCapacity(minimumWritableBytes: size + 5)
        writeVarint(UInt64(size))
        message.encode(into: &self)
    }

    /// Appends a number in groups of seven bits, the lowest first.
    mutating func writeVarint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        writeInteger(UInt8(truncatingIfNeeded: rest))
    }
}
