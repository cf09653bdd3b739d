package import NIOCore

/// The pings that wait for their pongs. Each carries a number, by which its pong is known.
package struct PendingPings {
    private struct Ping {
        let number: UInt64
        let answered: EventLoopPromise<Void>
    }

    private var pings: CircularBuffer<Ping> = []
    private var lastNumber: UInt64 = 0

    package init() {}

    /// The payload for a new ping.
    package mutating func add(_ answered: EventLoopPromise<Void>) -> ByteBuffer {
        lastNumber += 1
        pings.append(Ping(number: lastNumber, answered: answered))
        return ByteBuffer(integer: lastNumber)
    }

    /// A server may answer only the newest of several pings (RFC 6455 section 5.5.3), so a pong also answers the
    /// older ones. What is not an answer to one of ours is allowed, and means nothing.
    package mutating func complete(_ payload: ByteBuffer) {
        guard payload.readableBytes == 8, let number = payload.getInteger(at: payload.readerIndex, as: UInt64.self),
            number <= lastNumber
        else { return }
        while let first = pings.first, first.number <= number {
            pings.removeFirst().answered.succeed()
        }
    }

    /// None will be answered any more.
    package mutating func fail(_ error: WebSocketClientError) {
        while let ping = pings.popFirst() { ping.answered.fail(error) }
    }
}
