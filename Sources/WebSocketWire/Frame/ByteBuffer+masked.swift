import NIOCore

extension ByteBuffer {
    /// Appends `source`, combined with `mask`, in one pass.
    mutating func writeMasked(_ source: UnsafeRawBufferPointer, with mask: inout FrameMask) {
        guard source.count > 0 else { return }
        writeWithUnsafeMutableBytes(minimumWritableBytes: source.count) { target in
            mask.copy(source, to: target)
            return source.count
        }
    }

    /// Moves `count` bytes, or what is there, from `buffer` to the end of this buffer. The bytes of `buffer` are only
    /// read: unmasking them in place would copy the whole of a buffer that somebody else holds too.
    mutating func readMasked(_ count: Int, from buffer: inout ByteBuffer, with mask: inout FrameMask) {
        buffer.readWithUnsafeReadableBytes { bytes in
            let source = UnsafeRawBufferPointer(rebasing: bytes.prefix(count))
            writeMasked(source, with: &mask)
            return source.count
        }
    }
}
