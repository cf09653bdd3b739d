import DequeModule
import NIOCore

/// What one session alone is to receive and has not yet been written: replies, pongs, `client.send`.
///
/// Bounded: more than 128 entries or 64 KiB that were not asked for by the client's own reading pace close the session
/// as slow. A single entry may be larger.
struct Outbox {
    private var entries: Deque<ByteBuffer> = []
    private(set) var bytes = 0

    static let maximumEntries = 128
    static let maximumBytes = 64 << 10

    var isEmpty: Bool { entries.isEmpty }
    var first: ByteBuffer? { entries.first }

    /// Whether it holds more than a session may have waiting. One entry is always allowed.
    var isOverfull: Bool {
        entries.count > Outbox.maximumEntries || (bytes > Outbox.maximumBytes && entries.count > 1)
    }

    mutating func append(_ bytes: ByteBuffer) {
        entries.append(bytes)
        self.bytes += bytes.readableBytes
    }

    mutating func removeFirst() -> ByteBuffer {
        let first = entries.removeFirst()
        bytes -= first.readableBytes
        return first
    }
}
