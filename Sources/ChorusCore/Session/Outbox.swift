import DequeModule
package import NIOCore

/// What one session alone is to receive and has not yet been written: replies, pongs, `client.send`.
///
/// Bounded by ``OutboxLimits``.
package struct Outbox {
    private var entries: Deque<ByteBuffer> = []
    package private(set) var bytes = 0

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }
    package var first: ByteBuffer? { entries.first }

    /// Whether it holds more than a session may have waiting. One entry is always allowed.
    package func isOverfull(_ limits: OutboxLimits) -> Bool {
        entries.count > limits.messages || (bytes > limits.bytes && entries.count > 1)
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
