import CZlib
public import NIOCore

/// Deflates messages for any number of connections, one after the other (RFC 7692 without context takeover): what
/// it makes of a payload depends on nothing else, so that one result can be sent to all.
///
/// About 268 KB with the default parameters; one per thread and window size is enough.
public final class Deflater {
    /// On the heap because zlib remembers the address of its stream.
    private let stream: UnsafeMutablePointer<z_stream>

    /// A deflater whose output refers back no further than 2 to the power of `windowBits` bytes, 8 to 15.
    ///
    /// `level` is 0 (none) to 9 (best), `memoryLevel` 1 to 9, as zlib's `deflateInit2` has them. zlib has no raw
    /// window of 8 bits: that one is Huffman coding alone, which refers back to nothing.
    public init(windowBits: Int = 15, level: Int = 6, memoryLevel: Int = 8) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // Negative means raw deflate data. With the parameters in range, only a lack of memory can make this fail,
        // and that ends a Swift program at any allocation.
        let level = Int32(min(max(level, 0), 9))
        let status = chorus_deflateInit2(
            stream,
            level,
            -Int32(min(max(windowBits, 9), 15)),
            Int32(min(max(memoryLevel, 1), 9))
        )
        precondition(status == Z_OK, "zlib has no memory for a stream")
        if windowBits < 9 {
            deflateParams(stream, level, Z_HUFFMAN_ONLY)
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Appends `payload` deflated, without the trailing `00 00 ff ff` (RFC 7692 section 7.2.1), to `output`: what
    /// belongs into a frame with RSV1. An empty payload becomes one zero byte.
    public func deflate(_ payload: ByteBuffer, into output: inout ByteBuffer) {
        deflateReset(stream)
        payload.withUnsafeReadableBytes { bytes in
            // zlib does not write to its input; the pointer is mutable for want of `const` in old C.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: bytes.baseAddress?.assumingMemoryBound(to: Bytef.self)
            )
            stream.pointee.avail_in = uInt(clamping: bytes.count)
            while fillOnce(&output) {}
        }
        stream.pointee.next_in = nil
        // Every flush ends with an empty stored block, even that of no input: there always are five bytes.
        output.moveWriterIndex(to: output.writerIndex - 4)
    }

    /// Deflates into the free space of `output`; true when that was not enough. The space is what a buffer doubles
    /// to, not zlib's upper bound: most payloads shrink, and the result may be kept for long.
    private func fillOnce(_ output: inout ByteBuffer) -> Bool {
        // zlib repeats its flush marker when it finds fewer than seven bytes.
        let minimum = 64 + Int(stream.pointee.avail_in) / 4
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: minimum) { space in
            let room = uInt(clamping: space.count)
            stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: Bytef.self)
            stream.pointee.avail_out = room
            _ = CZlib.deflate(stream, Z_SYNC_FLUSH)
            return Int(room - stream.pointee.avail_out)
        }
        return stream.pointee.avail_out == 0
    }
}

@available(*, unavailable)
extension Deflater: Sendable {}
