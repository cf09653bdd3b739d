import NIOCore

/// The first bytes of a frame header whose rest has not arrived, at most thirteen of them.
struct PartialHeader: Sendable {
    /// A vector only because it is sixteen bytes without a heap allocation.
    private var bytes = SIMD16<UInt8>()
    private(set) var count = 0

    /// Decodes the header that these bytes and the first ones of `buffer` make, and consumes it from `buffer`; or
    /// consumes all of `buffer` and returns nil.
    mutating func complete(
        from buffer: inout ByteBuffer,
        _ rules: FrameRules
    ) throws(WebSocketFailure) -> FrameHeader? {
        let known = count
        for byte in buffer.readableBytesView.prefix(FrameHeader.maximumSize - known) {
            bytes[count] = byte
            count += 1
        }
        let header = try withUnsafeBytes(of: bytes) { all throws(WebSocketFailure) in
            try FrameHeader.decode(UnsafeRawBufferPointer(rebasing: all.prefix(count)), rules)
        }
        // Without the header complete there are fewer than fourteen bytes, so that all of the buffer was taken; with
        // it, the bytes known before were not enough, so that its size is more than that.
        buffer.moveReaderIndex(forwardBy: min(buffer.readableBytes, (header?.size ?? count) - known))
        if header != nil {
            count = 0
        }
        return header
    }
}
