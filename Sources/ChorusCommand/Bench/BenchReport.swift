import NIOCore

/// What a run has measured.
package struct BenchReport: Sendable {
    /// What was asked for.
    package let options: BenchOptions
    /// In seconds, until all connections were open.
    package internal(set) var openTime = 0.0
    /// How many messages were published.
    package private(set) var published: UInt64 = 0
    /// In seconds, from the first message to the last one.
    package private(set) var publishTime = 0.0
    /// How many messages were received, by all connections together.
    package private(set) var deliveries: UInt64 = 0
    /// In seconds, from the first message published to the last one received.
    package private(set) var deliveryTime = 0.0
    /// In nanoseconds, from publishing to receiving, of every delivery.
    package private(set) var latencies = Histogram()
    /// How many deliveries are missing, in between or at the end.
    package private(set) var lost: UInt64 = 0
    /// How many deliveries came after a later one, or a second time.
    package private(set) var outOfOrder: UInt64 = 0
    /// How many connections ended before the bench did.
    package private(set) var ended = 0
    /// Whether somebody stopped the run.
    package internal(set) var wasInterrupted = false

    init(_ options: BenchOptions) {
        self.options = options
    }

    /// Whether every connection has received every message, in order.
    package var isFlawless: Bool { lost == 0 && outOfOrder == 0 && ended == 0 }

    mutating func add(_ counters: BenchCounters, since begin: NIODeadline) {
        published = counters.sent
        publishTime = Self.seconds(from: begin, to: counters.lastSent)
        deliveries = counters.deliveries
        deliveryTime = Self.seconds(from: begin, to: counters.lastDelivery)
        outOfOrder = counters.outOfOrder
        ended = counters.ended
        // Nobody has noticed yet that what comes after the last delivery is missing.
        lost = counters.lost + counters.sent * UInt64(options.connections) - counters.progress
    }

    mutating func add(_ latencies: Histogram) {
        self.latencies.add(latencies)
    }

    private static func seconds(from begin: NIODeadline, to end: UInt64) -> Double {
        let begin = begin.uptimeNanoseconds
        return end > begin ? Double(end - begin) / 1e9 : 0
    }
}
