/// What the connections of one event loop have counted. Plain integers: only that loop touches them.
struct BenchCounters: Sendable {
    /// Connections that have received something, so that nothing can be lost on them by being early.
    var ready = 0
    /// Connections that ended before the bench did.
    var ended = 0
    /// Messages sent by the publishers of this loop.
    var sent: UInt64 = 0
    /// When the last one was; nanoseconds of this machine's clock.
    var lastSent: UInt64 = 0
    /// Publishers that have more to send.
    var publishing = 0
    /// Messages received, not counting probes and what others have published.
    var deliveries: UInt64 = 0
    /// When the last one was.
    var lastDelivery: UInt64 = 0
    /// The sum of the numbers that the connections have got to, whether by receiving them or by missing them.
    var progress: UInt64 = 0
    /// The part of that which belongs to connections that have ended.
    var endedProgress: UInt64 = 0
    /// Numbers that were skipped, and have not come later.
    var lost: UInt64 = 0
    /// Messages with a number that was already there, or passed.
    var outOfOrder: UInt64 = 0

    static func + (left: BenchCounters, right: BenchCounters) -> BenchCounters {
        BenchCounters(
            ready: left.ready + right.ready,
            ended: left.ended + right.ended,
            sent: left.sent + right.sent,
            lastSent: max(left.lastSent, right.lastSent),
            publishing: left.publishing + right.publishing,
            deliveries: left.deliveries + right.deliveries,
            lastDelivery: max(left.lastDelivery, right.lastDelivery),
            progress: left.progress + right.progress,
            endedProgress: left.endedProgress + right.endedProgress,
            lost: left.lost + right.lost,
            outOfOrder: left.outOfOrder + right.outOfOrder
        )
    }
}
