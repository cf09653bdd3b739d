import ChorusClient
import NIOCore

extension ByteBuffer {
    /// Bytes that cannot be deflated.
    static func random(_ count: Int) -> ByteBuffer {
        var generator = MaskGenerator()
        var buffer = ByteBuffer()
        while buffer.readableBytes < count { buffer.writeInteger(generator.next()) }
        buffer.moveWriterIndex(to: buffer.readerIndex + count)
        return buffer
    }
}
