package import NIOCore

/// What a connection is read into. NIO keeps the first buffer for as long as the connection lives, so that is a small
/// one, and enough for what most clients send; larger ones are made while there is more to read, and not kept.
///
/// A channel with it reads once per event (`maxMessagesPerRead`), or NIO keeps more than one buffer. It has no more than
/// a word, or NIO would keep it in memory of its own.
package struct ReceiveBuffers: RecvByteBufferAllocator {
    private var size = ReceiveBuffers.kept

    /// The size of the buffer that is kept.
    package static let kept: Int32 = 32
    private static let least: Int32 = 1 << 10
    private static let most: Int32 = 64 << 10

    package init() {}

    package func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: Int(size)) }

    /// Returns whether the next buffer is another than the one that is kept.
    package mutating func record(actualReadBytes count: Int) -> Bool {
        if count < ReceiveBuffers.kept {
            size = ReceiveBuffers.kept
        } else if count >= size {
            size = min(max(size * 4, ReceiveBuffers.least), ReceiveBuffers.most)
        } else if count < size / 4 {
            size = max(size / 4, ReceiveBuffers.least)
        }
        return size != ReceiveBuffers.kept
    }
}
