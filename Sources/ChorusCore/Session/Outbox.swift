import DequeModule
package import NIOCore

/// What one session alone is to receive and has not yet been written: replies, pongs, `client.send`.
///
/// Bounded: more than 128 entries or 64 KiB that were not asked for by the client's own reading pace close the session
/// as slow. A single entry may be larger.
package struct Outbox {
    private var entries: Deque<ByteBuffer> = []
    package private(set) var bytes = 0

    package static let maximumEntries = 128
    package static let maximumBytes = 64 << 10

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }
    package var first: ByteBuffer? { entries.first }

    /// Whether it holds more than a session may have waiting. One entry is always allowed.
    package var isOverfull: Bool {
        entries.count > Outbox.maximumEntries || (bytes > Outbox.maximumBytes && entries.count > 1)
    }

    package mutating func append(_ bytes: ByteBuffer) {
        entries.append(bytes)
        self.bytes += bytes.readableBytes
    }

    @discardableResult
    package mutating func removeFirst() -> ByteBuffer {
        let first = entries.removeFirst()
        bytes -= first.readableBytes
        return first
    }
}
