import ChorusClient
import NIOCore
import WebSocketWire

/// Publishes on one of the connections. A message is acknowledged when it arrives: at this connection or, where servers
/// do not send it there, at another one.
final class BenchSocketPublisher: BenchPublisher {
    let index: Int
    private let connection: BenchConnection
    private let opcode: WebSocketOpcode
    private var template: BenchTemplate
    private var pace: BenchPace
    private var receivers: UInt64 = 0
    private var isRunning = false
    private var isAlarmSet = false

    /// How much is written at once; then others come first.
    private static let mostBytes = 64 << 10

    init(index: Int, connection: BenchConnection) {
        let plan = connection.loop.plan
        self.index = index
        self.connection = connection
        opcode = plan.options.isBinary ? .binary : .text
        template = BenchTemplate(plan, publisher: index)
        pace = BenchPace(plan.options, publisher: index)
    }

    func probe() {
        // a server that does not take them has enough of them
        guard connection.context?.channel.isWritable == true else { return }
        var frames = ByteBuffer()
        write(number: 0, time: 0, into: &frames)
        connection.send(frames)
        connection.context?.flush()
    }

    func begin(_ messages: UInt64, at now: UInt64) {
        guard !connection.hasEnded else { return }
        pace.begin(messages, at: now)
        receivers = connection.loop.receivers(ofPublisher: index)
        isRunning = true
        connection.loop.counters.publishing += 1
        goOn()
        connection.context?.flush()
    }

    func stop(at now: UInt64) {
        guard isRunning else { return }
        isRunning = false
        connection.loop.counters.publishing -= 1
        connection.loop.counters.unpublished += pace.overdue(at: now)
    }

    func acknowledge(_ number: UInt64) {
        pace.acknowledge(number)
        goOn()
        connection.context?.flush()
    }

    /// Writes what may be sent now; the caller flushes. When the server does not take it, what is due waits for it.
    func goOn() {
        guard isRunning, connection.context?.channel.isWritable == true else { return }
        let now = NIODeadline.now().uptimeNanoseconds
        var frames = ByteBuffer()
        var count: UInt64 = 0
        while frames.readableBytes < Self.mostBytes, let (number, time) = pace.next(at: now) {
            count += 1
            write(number: number, time: time, into: &frames)
        }
        if count > 0 {
            connection.send(frames)
            connection.loop.counters.published += count
            connection.loop.counters.expected += count * receivers
            connection.loop.counters.lastPublished = now
        }
        if pace.isDone {
            stop(at: now)
        } else if let due = pace.due ?? (frames.readableBytes < Self.mostBytes ? nil : now) {
            setAlarm(due)
        }
    }

    private func setAlarm(_ due: UInt64) {
        guard !isAlarmSet, let context = connection.context else { return }
        isAlarmSet = true
        context.eventLoop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(due)) { [weak self] in
            self?.isAlarmSet = false
            self?.goOn()
            self?.connection.context?.flush()
        }
    }

    private func write(number: UInt64, time: UInt64, into frames: inout ByteBuffer) {
        template.fill(number: number, time: time)
        WebSocketFrame.write(opcode, template.bytes, mask: connection.masks.next(), into: &frames)
    }
}

@available(*, unavailable)
extension BenchSocketPublisher: Sendable {}

extension BenchConnection {
    /// Writes frames without flushing them.
    fileprivate func send(_ frames: ByteBuffer) {
        context?.write(wrapOutboundOut(frames), promise: nil)
    }
}
