/// What the connections and publishers of one event loop have counted. Plain integers: only that loop touches them.
struct BenchCounters: Sendable {
    /// Connections that are open, or were.
    var opened = 0
    /// When the last one was; nanoseconds of this machine's clock.
    var lastOpened: UInt64 = 0
    /// Connections that have received something of others, so that nothing can be lost on them by being early.
    var hearing = 0
    /// Publishers that have received something of their own.
    var echoed = 0
    /// Connections that ended before the bench did.
    var ended = 0

    /// Publishers that have more to send.
    var publishing = 0
    /// Messages sent or, by HTTP, accepted.
    var published: UInt64 = 0
    /// When the last one was.
    var lastPublished: UInt64 = 0
    /// Messages that should have been sent and were not when publishing was stopped.
    var unpublished: UInt64 = 0
    /// Requests that the server has refused for having too much to do; each one was made again.
    var refused: UInt64 = 0
    /// Deliveries that follow from what was published.
    var expected: UInt64 = 0

    /// Messages received, not counting probes, repetitions and what others have published.
    var deliveries: UInt64 = 0
    /// When the last one was.
    var lastDelivery: UInt64 = 0
    /// The sum of the numbers that the connections have got to, whether by receiving them or by missing them.
    var progress: UInt64 = 0
    /// Numbers that were skipped, and have not come later.
    var lost: UInt64 = 0
    /// Messages that came after a later one.
    var outOfOrder: UInt64 = 0
    /// Messages that came again.
    var duplicates: UInt64 = 0
    /// Messages of other topics, and of one's own where publishers do not receive those.
    var misdelivered: UInt64 = 0

    /// Forgets what was published and delivered. What was wrong with it stays, and so does the progress that the next
    /// numbers follow on.
    mutating func forgetWarmUp() {
        published = 0
        unpublished = 0
        refused = 0
        deliveries = 0
    }

    static func += (left: inout BenchCounters, right: BenchCounters) {
        left.opened += right.opened
        left.lastOpened = max(left.lastOpened, right.lastOpened)
        left.hearing += right.hearing
        left.echoed += right.echoed
        left.ended += right.ended
        left.publishing += right.publishing
        left.published += right.published
        left.lastPublished = max(left.lastPublished, right.lastPublished)
        left.unpublished += right.unpublished
        left.refused += right.refused
        left.expected += right.expected
        left.deliveries += right.deliveries
        left.lastDelivery = max(left.lastDelivery, right.lastDelivery)
        left.progress += right.progress
        left.lost += right.lost
        left.outOfOrder += right.outOfOrder
        left.duplicates += right.duplicates
        left.misdelivered += right.misdelivered
    }
}
