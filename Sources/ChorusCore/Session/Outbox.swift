import DequeModule
package import NIOCore

/// What one session alone is to receive and has not yet been written: replies, pongs, `client.send`.
///
/// Bounded by ``OutboxLimits``.
package struct Outbox {
    /// Only while there is something, which is rarely.
    private final class Queue {
        var entries: Deque<ByteBuffer> = []
        var bytes = 0
        var isOverflowing = false
    }

    private var queue: Queue?

    package init() {}

    package var isEmpty: Bool { queue == nil }
    package var bytes: Int { queue?.bytes ?? 0 }
    /// Its session stands in the shard's list of those to end, unless its transport takes what is here.
    var isOverflowing: Bool {
        get { queue?.isOverflowing ?? false }
        nonmutating set { queue?.isOverflowing = newValue }
    }

    package var first: ByteBuffer? { queue?.entries.first }

    /// Whether it holds more than a session may have waiting. One entry is always allowed.
    package func isOverfull(_ limits: OutboxLimits) -> Bool {
        guard let queue else { return false }
        return queue.entries.count > limits.messages || (queue.bytes > limits.bytes && queue.entries.count > 1)
    }

    package mutating func append(_ bytes: ByteBuffer) {
        let queue = queue ?? Queue()
        queue.entries.append(bytes)
        queue.bytes += bytes.readableBytes
        self.queue = queue
    }

    @discardableResult
    package mutating func removeFirst() -> ByteBuffer {
        guard let queue else { preconditionFailure("the outbox is empty") }
        let first = queue.entries.removeFirst()
        queue.bytes -= first.readableBytes
        if queue.entries.isEmpty { self.queue = nil }
        return first
    }
}
