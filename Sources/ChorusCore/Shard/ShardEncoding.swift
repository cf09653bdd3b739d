import NIOCore

/// A shard's part of a wire format: its encoder, and what the running pass writes to the sessions of that format.
final class ShardEncoding {
    let encoding: Encoding
    /// Which of its variants this is.
    let number: UInt8
    /// Where topics keep its bytes.
    let index: Int
    let batch = Batch()
    private let encoder: any MessageEncoder
    private var frame = ByteBuffer()

    private var variants: [ShardEncoding?] = []
    private unowned let shard: Shard

    init(_ encoding: Encoding, _ number: UInt8, index: Int, shard: Shard) {
        self.encoding = encoding
        self.number = number
        self.index = index
        self.shard = shard
        self.encoder = encoding.makeEncoder(number)
    }

    /// Another variant of the same format, made at its first use.
    func variant(_ number: UInt8) -> ShardEncoding {
        if number == self.number { return self }
        while variants.count <= number { variants.append(nil) }
        if let known = variants[Int(number)] { return known }
        let new = shard.part(of: encoding, number)
        variants[Int(number)] = new
        return new
    }

    /// Encodes a message for one session alone.
    ///
    /// - Parameter topic: empty for a message that belongs to none.
    func frame(_ message: Message, topic: String = "") -> ByteBuffer {
        var frame = ByteBuffer()
        encoder.encode(message, topic: topic, into: &frame)
        return frame
    }

    /// Whether messages are encoded as their difference to the one before.
    var readsPrevious: Bool { encoder.readsPrevious }

    /// Encodes a message behind those that are in `encoded`.
    ///
    /// - Parameter previous: what everybody has received before, where that is known.
    func append(
        _ message: Message,
        after previous: Message? = nil,
        sequence: UInt64,
        topic: String,
        to encoded: EncodedSegment
    ) {
        frame.clear()
        encoder.encode(message, after: previous, topic: topic, into: &frame)
        frame.withUnsafeReadableBytes { encoded.append($0, sequence: sequence, excluded: message.excluded) }
    }
}
