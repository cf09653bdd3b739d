/// What a shard has done, counted in plain integers on its thread.
package struct ShardCounters: Sendable, Hashable {
    /// Messages written to sessions.
    package var deliveries: UInt64 = 0
    /// Times that a transport was handed bytes.
    package var writes: UInt64 = 0
    /// Writes of which the transport took only a part.
    package var cuts: UInt64 = 0
    /// Messages that went out by reading the log, not live.
    package var recovered: UInt64 = 0
    /// Messages that `OverflowPolicy.latest` skipped for somebody.
    package var skipped: UInt64 = 0
    /// Subscriptions that began in the past.
    package var recoveries: UInt64 = 0
    /// Times that a client was told, or its session ended, because something it wanted was lost to it.
    package var gaps: UInt64 = 0
    /// Sessions ended because a subscription left its window.
    package var overflows: UInt64 = 0
    /// Sessions ended because their outbox was full.
    package var outboxOverflows: UInt64 = 0

    package init() {}

    package static func += (sum: inout ShardCounters, other: ShardCounters) {
        sum.deliveries += other.deliveries
        sum.writes += other.writes
        sum.cuts += other.cuts
        sum.recovered += other.recovered
        sum.skipped += other.skipped
        sum.recoveries += other.recoveries
        sum.gaps += other.gaps
        sum.overflows += other.overflows
        sum.outboxOverflows += other.outboxOverflows
    }
}
