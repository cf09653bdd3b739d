/// Which message of a publisher is next, and when it may be sent: as soon as few enough are on their way, or at a rate.
///
/// At a rate a message has the time at which it is due, also when it is sent later: what a server makes its clients
/// wait is in the latency, and not left out because nothing was sent meanwhile ("coordinated omission").
package struct BenchPace: Sendable {
    /// In nanoseconds, between two messages; nil without a rate.
    private let interval: Double?
    /// In nanoseconds, by which its turn comes after that of the first publisher.
    private let turn: Double
    private let window: UInt64
    /// In nanoseconds of this machine's clock, when the phase has begun.
    private var begin: UInt64 = 0
    /// The number of the last message of earlier phases.
    private var earlier: UInt64 = 0
    /// The number of the last message of this phase.
    private var last: UInt64 = 0
    /// The number of the last message that was sent.
    package private(set) var sent: UInt64 = 0
    private var acknowledged: UInt64 = 0

    /// The pace of publisher `index`. Publishers at a rate take turns.
    package init(_ options: BenchOptions, publisher index: Int) {
        interval = options.rate.map { 1e9 * Double(options.publisherCount) / $0 }
        turn = options.rate.map { 1e9 * Double(index) / $0 } ?? 0
        window = UInt64(options.window)
    }

    /// Begins a phase of so many messages; `.max` for without an end.
    package mutating func begin(_ messages: UInt64, at now: UInt64) {
        begin = now
        earlier = sent
        last = messages == .max ? .max : sent + messages
    }

    /// Whether everything is sent.
    package var isDone: Bool { sent >= last }

    /// How many were not sent and should have been by `now`.
    package func overdue(at now: UInt64) -> UInt64 {
        guard let interval, !isDone, now > begin else { return 0 }
        let intervals = (Double(now - begin) - turn) / interval
        guard intervals >= 0 else { return 0 }
        let due = min(UInt64(intervals) + 1, last - earlier)
        // `intervals` is a fraction, and may be a bit below the whole number that it was for the last one
        return due > sent - earlier ? due - (sent - earlier) : 0
    }

    /// The number and the time of the next message, if it may be sent now.
    package mutating func next(at now: UInt64) -> (number: UInt64, time: UInt64)? {
        guard !isDone else { return nil }
        var time = now
        if let due {
            guard due <= now else { return nil }
            time = due
        } else if sent - acknowledged >= window {
            return nil
        }
        sent += 1
        return (sent, time)
    }

    /// The last message was not taken after all: it is the next one again.
    package mutating func takeBack() {
        sent -= 1
        earlier = min(earlier, sent)
    }

    /// When the next message is due; nil if it does not wait for the clock.
    package var due: UInt64? {
        interval.map { begin + UInt64(turn + $0 * Double(sent - earlier)) }
    }

    /// This one has arrived, and all before it.
    package mutating func acknowledge(_ number: UInt64) {
        acknowledged = max(acknowledged, number)
    }
}
