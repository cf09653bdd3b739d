import NIOCore

/// A shard's part of a wire format: its encoder, and what the running pass writes to the sessions of that format.
final class ShardEncoding {
    let encoding: Encoding
    /// Where topics keep its bytes.
    let index: Int
    let batch = Batch()
    private let encoder: any MessageEncoder
    private var frame = ByteBuffer()

    init(_ encoding: Encoding, index: Int) {
        self.encoding = encoding
        self.index = index
        self.encoder = encoding.makeEncoder()
    }

    /// Encodes a message for one session alone.
    ///
    /// - Parameter topic: empty for a message that belongs to none.
    func frame(_ message: Message, topic: String = "") -> ByteBuffer {
        var frame = ByteBuffer()
        encoder.encode(message, topic: topic, into: &frame)
        return frame
    }

    /// Encodes a message behind those that are in `encoded`.
    func append(_ message: Message, sequence: UInt64, topic: String, to encoded: EncodedSegment) {
        frame.clear()
        encoder.encode(message, topic: topic, into: &frame)
        frame.withUnsafeReadableBytes { encoded.append($0, sequence: sequence, excluded: message.excluded) }
    }
}
