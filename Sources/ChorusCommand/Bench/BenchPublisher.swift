import ChorusClient
import NIOCore
import WebSocketWire

/// Publishes on one connection: as many as may be in flight, or at a rate. On the connection's event loop only.
final class BenchPublisher {
    let index: UInt32
    private unowned let connection: BenchConnection
    private let limit: UInt64
    /// In nanoseconds, between two messages; nil without a rate.
    private let interval: Double?
    private let inFlight: UInt64
    private var template: ByteBuffer
    private var sent: UInt64 = 0
    private var returned: UInt64 = 0
    private var start: UInt64 = 0
    private var isRunning = false
    private var isAlarmSet = false

    init(index: Int, connection: BenchConnection) {
        let options = connection.plan.options
        self.index = UInt32(index)
        self.connection = connection
        limit = options.messages(ofPublisher: index)
        interval = options.rate.map { 1e9 * Double(options.publishers) / $0 }
        inFlight = UInt64(options.inFlight)
        template = BenchMessage.template(size: options.size, mark: connection.plan.mark, publisher: self.index)
    }

    /// Sends a message that does not count, by which connections notice that they receive.
    func probe() {
        var frames = ByteBuffer()
        write(number: 0, time: 0, into: &frames)
        connection.send(frames)
        connection.context?.flush()
    }

    /// Begins. Publishers at a rate take turns.
    func begin() {
        isRunning = true
        connection.loop.counters.publishing += 1
        start = NIODeadline.now().uptimeNanoseconds
        if let interval { start += UInt64(interval * Double(index) / Double(connection.plan.options.publishers)) }
        goOn()
        connection.context?.flush()
    }

    /// Sends no more.
    func stop() {
        guard isRunning else { return }
        isRunning = false
        connection.loop.counters.publishing -= 1
    }

    /// One of its messages has come back to its own connection.
    func hasReturned(_ number: UInt64) {
        returned = max(returned, number)
    }

    /// Writes what may be sent now; the caller flushes. When the server does not take it, what is due waits for it, and
    /// keeps the time at which it was due: that wait is part of the latency.
    func goOn() {
        guard isRunning, connection.context?.channel.isWritable == true else { return }
        let now = NIODeadline.now().uptimeNanoseconds
        var frames = ByteBuffer()
        if let interval {
            while sent < limit, frames.readableBytes < 64 << 10, case let due = self.due(interval), due <= now {
                sent += 1
                write(number: sent, time: due, into: &frames)
            }
            setAlarm(interval)
        } else {
            while sent < limit, frames.readableBytes < 64 << 10, sent - returned < inFlight {
                sent += 1
                write(number: sent, time: now, into: &frames)
            }
        }
        guard frames.readableBytes > 0 else { return }
        connection.send(frames)
        connection.loop.counters.lastSent = now
        if sent == limit { stop() }
    }

    /// When the next message has to be sent.
    private func due(_ interval: Double) -> UInt64 {
        start + UInt64(interval * Double(sent))
    }

    private func setAlarm(_ interval: Double) {
        guard sent < limit, !isAlarmSet, let context = connection.context else { return }
        isAlarmSet = true
        let time = NIODeadline.uptimeNanoseconds(due(interval))
        context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { [weak self] in
            self?.isAlarmSet = false
            self?.goOn()
            self?.connection.context?.flush()
        }
    }

    private func write(number: UInt64, time: UInt64, into frames: inout ByteBuffer) {
        BenchMessage.fill(&template, number: number, time: time)
        WebSocketFrame.write(.text, template, mask: connection.masks.next(), into: &frames)
        if number > 0 { connection.loop.counters.sent += 1 }
    }
}

@available(*, unavailable)
extension BenchPublisher: Sendable {}

extension BenchConnection {
    /// Writes frames without flushing them.
    fileprivate func send(_ frames: ByteBuffer) {
        context?.write(wrapOutboundOut(frames), promise: nil)
    }
}
