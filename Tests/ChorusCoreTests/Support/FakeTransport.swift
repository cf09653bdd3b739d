import ChorusCore
import NIOCore

/// A client's connection in a test. It takes as many bytes as it is told to, notes them, and notes whether the rules of
/// ``Transport`` are kept.
final class FakeTransport: Transport {
    enum Mode {
        /// Takes bytes as long as there is room.
        case direct
        /// Answers `.queued`, as with TLS.
        case queueing
        /// The connection is gone.
        case gone
    }

    let format: WireFormat
    var session: Session?
    /// Only what takes bytes directly stands for a socket.
    var mode = Mode.direct {
        didSet { if mode == .queueing { session?.socketIsGone() } }
    }
    /// How many bytes it takes before it is full.
    var room = Int.max
    /// What it keeps goes out before the call returns.
    var isImmediate = false
    /// A socket would call nobody back.
    var onWrite: (() -> Void)? {
        didSet { session?.socketIsGone() }
    }
    var onResume: (() -> Void)?
    var onEnd: ((SessionEnd) -> Void)?

    /// Bytes that it keeps until ``flush()``.
    private(set) var kept: Int?
    /// The most that it ever kept.
    private(set) var mostKept = 0
    private(set) var ended: SessionEnd?
    private(set) var writeCount = 0
    private(set) var violations: [String] = []
    /// Everything that it was given, in order; what was read back is taken off.
    private var bytes = ByteBuffer()
    private(set) var frames: [WireFormat.Frame] = []

    init(_ format: WireFormat = .plain) { self.format = format }

    func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, size: Int) -> Written {
        writeCount += 1
        if kept != nil { violations.append("written to while it kept bytes") }
        if pieces.reduce(0, { $0 + $1.count }) != size { violations.append("the size is not that of the pieces") }
        if size == 0 { violations.append("written nothing to") }
        onWrite?()
        switch mode {
        case .gone: return .gone
        case .queueing:
            for piece in pieces { bytes.writeBytes(piece) }
            if isImmediate { return .taken(size) }
            keep(size)
            return .queued
        case .direct:
            let taken = min(size, room)
            if room != .max { room -= taken }
            var left = taken
            for piece in pieces where left > 0 {
                bytes.writeBytes(piece.prefix(left))
                left -= min(left, piece.count)
            }
            return .taken(taken)
        }
    }

    /// How often it was told that its socket is broken.
    private(set) var socketFailures = 0

    func socketFailed() { socketFailures += 1 }

    func writeLater(_ rest: ByteBuffer) {
        if kept != nil { violations.append("given a second rest") }
        if rest.readableBytes == 0 { violations.append("given nothing to keep") }
        bytes.writeImmutableBuffer(rest)
        if isImmediate { session?.transportIsReady() } else { keep(rest.readableBytes) }
    }

    private func keep(_ size: Int) {
        kept = size
        mostKept = max(mostKept, size)
    }

    func resumeReading() { onResume?() }

    /// What it was told of subscriptions that began in the past.
    private(set) var starts: [SubscriptionStart] = []
    var onStart: ((String, SubscriptionStart) -> Void)?

    func subscriptionBegan(_ topic: String, _ start: SubscriptionStart) {
        starts.append(start)
        onStart?(topic, start)
    }

    /// The topics that the program took it out of.
    private(set) var endedSubscriptions: [String] = []

    func subscriptionEnded(_ topic: String) { endedSubscriptions.append(topic) }

    func end(_ reason: SessionEnd) {
        if ended != nil { violations.append("ended twice") }
        ended = reason
        onEnd?(reason)
    }

    /// What it kept has gone out.
    func flush() {
        guard kept != nil else { return }
        kept = nil
        session?.transportIsReady()
    }

    /// Reads back what it was given so far; afterwards all of it stands in ``frames``.
    func readBack() {
        while let frame = format.readFrame(&bytes) { frames.append(frame) }
        if bytes.readableBytes > 0 { violations.append("\(bytes.readableBytes) bytes that are no frame") }
        bytes.clear()
    }

    /// Reads back one frame, if it is there as a whole.
    func readBackOne() -> Bool {
        guard let frame = format.readFrame(&bytes) else { return false }
        frames.append(frame)
        return true
    }

    /// The payloads of a topic's frames as text.
    func texts(of topic: String) -> [String] {
        readBack()
        return frames.filter { $0.topic == topic }.map { String(buffer: $0.payload) }
    }
}

extension SubscriptionStart {
    /// Something up to this position is lost, and the past ends there.
    static func lost(upTo position: Position?) -> SubscriptionStart { .gap(upTo: position, edge: position?.offset) }
}
