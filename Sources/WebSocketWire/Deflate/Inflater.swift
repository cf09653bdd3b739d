import CZlib
public import NIOCore

/// Inflates the messages of any number of connections, one after the other (RFC 7692 without context takeover).
///
/// About 44 KB for the window of zlib and 16 KiB of its own; one per thread is enough.
public final class Inflater {
    /// On the heap because zlib remembers the address of its stream.
    private let stream: UnsafeMutablePointer<z_stream>
    private let chunk: UnsafeMutableRawBufferPointer

    /// What a sender takes off the end of a message (RFC 7692 section 7.2.2).
    private let tail = ByteBuffer(bytes: [0x00, 0x00, 0xFF, 0xFF])
    private static let chunkSize = 16 * 1024

    /// An inflater for messages that were deflated with a window of at most 2 to the power of `windowBits` bytes,
    /// 8 to 15.
    public init(windowBits: Int = 15) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        chunk = .allocate(byteCount: Self.chunkSize, alignment: 16)
        // Negative means raw deflate data. With the parameters in range, only a lack of memory can make this fail,
        // and that ends a Swift program at any allocation.
        let status = chorus_inflateInit2(stream, -Int32(min(max(windowBits, 8), 15)))
        precondition(status == Z_OK, "zlib has no memory for a stream")
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
        chunk.deallocate()
    }

    /// Inflates one message, without the four bytes that its sender took off. Nothing of it is remembered.
    ///
    /// Throws 1009 as soon as there is more than `maximumSize` bytes, and 1007 when the data is corrupt or cut off.
    public func inflate(_ payload: ByteBuffer, maximumSize: Int) throws(WebSocketFailure) -> ByteBuffer {
        var output = ByteBuffer()
        // Not what the RFC wants for an empty message, but some send it, and the tail alone is no deflate data.
        guard payload.readableBytes > 0 else { return output }
        inflateReset(stream)
        defer { stream.pointee.next_in = nil }

        let ended = try payload.withUnsafeReadableBytes { bytes throws(WebSocketFailure) in
            try run(bytes, into: &output, maximumSize)
        }
        if ended == .streamEnd { return output }
        let tailEnded = try tail.withUnsafeReadableBytes { bytes throws(WebSocketFailure) in
            try run(bytes, into: &output, maximumSize)
        }
        // Bit 7: zlib is between two blocks. If not, the message was cut off within one.
        guard tailEnded == .streamEnd || stream.pointee.data_type & 128 != 0 else { throw .corrupt }
        return output
    }

    private enum End {
        /// All input was taken, and zlib waits for more.
        case inputEnd
        /// All input was taken, and it ended with a block that was marked as the last one.
        case streamEnd
    }

    /// Takes all of `input`.
    private func run(
        _ input: UnsafeRawBufferPointer,
        into output: inout ByteBuffer,
        _ maximumSize: Int
    ) throws(WebSocketFailure) -> End {
        // zlib does not write to its input; the pointer is mutable for want of `const` in old C.
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: Bytef.self)
        )
        stream.pointee.avail_in = uInt(clamping: input.count)
        while true {
            stream.pointee.next_out = chunk.baseAddress?.assumingMemoryBound(to: Bytef.self)
            stream.pointee.avail_out = uInt(Self.chunkSize)
            let status = CZlib.inflate(stream, Z_SYNC_FLUSH)
            let produced = UnsafeRawBufferPointer(
                rebasing: chunk.prefix(Self.chunkSize - Int(stream.pointee.avail_out))
            )
            guard output.readableBytes + produced.count <= maximumSize else { throw .messageTooBig }
            output.writeBytes(produced)

            switch status {
            case Z_STREAM_END:
                guard stream.pointee.avail_in > 0 else { return .streamEnd }
                // A sender may flush with a last block, and then has to add an empty one (RFC 7692 section 7.2.3.4).
                inflateReset(stream)
            case Z_OK, Z_BUF_ERROR:
                // With room left in the chunk, zlib has nothing more to say about this input.
                if stream.pointee.avail_out > 0 { return .inputEnd }
            default:
                throw .corrupt
            }
        }
    }
}

@available(*, unavailable)
extension Inflater: Sendable {}

extension WebSocketFailure {
    fileprivate static var corrupt: Self { .invalidPayload("compressed data is corrupt") }
}
