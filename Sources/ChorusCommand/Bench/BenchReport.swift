import Histogram
import NIOCore

/// What a run has measured.
package struct BenchReport: Sendable {
    /// What was asked for.
    package let options: BenchOptions
    var beginOfOpening = NIODeadline.now()
    var beginOfPublishing = NIODeadline.now()
    /// How many connections were opened.
    package private(set) var connections = 0
    /// In seconds, until all of them were open.
    package private(set) var openTime = 0.0
    /// In nanoseconds, from connecting to the end of the handshake, of every connection.
    package private(set) var handshakes = LatencyHistogram.latencies
    /// Whether publishers receive what they publish.
    package internal(set) var isEchoed = true

    /// How many messages were published.
    package private(set) var published: UInt64 = 0
    /// In seconds, from the first message to the last one.
    package private(set) var publishTime = 0.0
    /// How many messages were due and could not be sent in time.
    package private(set) var unpublished: UInt64 = 0
    /// How many requests the server has refused for having too much to do; they were made again.
    package private(set) var refused: UInt64 = 0
    /// In nanoseconds, from request to answer, of everything that was published by HTTP.
    package private(set) var answers = LatencyHistogram.latencies

    /// How many messages were received, by all connections together; those that came again count once.
    package private(set) var deliveries: UInt64 = 0
    /// In seconds, from the first message published to the last one received.
    package private(set) var deliveryTime = 0.0
    /// In nanoseconds, from publishing to receiving, of every delivery.
    package private(set) var latencies = LatencyHistogram.latencies

    /// How many deliveries are missing, in between or at the end.
    package private(set) var lost: UInt64 = 0
    /// How many deliveries came after a later one.
    package private(set) var outOfOrder: UInt64 = 0
    /// How many deliveries came again.
    package private(set) var duplicates: UInt64 = 0
    /// How many deliveries came to somebody who must not have them.
    package private(set) var misdelivered: UInt64 = 0
    /// How many connections ended before the bench did.
    package private(set) var ended = 0

    /// What the server has used.
    package internal(set) var server = ServerReport.unknown("nothing was measured")
    /// In seconds, the processor time of the bench itself while it published, and how long that was.
    package internal(set) var benchProcessorTime = 0.0
    package internal(set) var benchTime = 0.0
    /// What has ended the run before its time: nothing more could be published.
    var failure: APIClient.Failure?
    /// Whether somebody stopped the run.
    package internal(set) var wasInterrupted = false

    init(_ options: BenchOptions) {
        self.options = options
    }

    /// Whether every connection has received every message once and in order.
    package var isFlawless: Bool { !hasFaults && failure == nil }

    /// Whether something is wrong with what was delivered, or connections were cut off.
    package var hasFaults: Bool { lost + outOfOrder + duplicates + misdelivered > 0 || ended > 0 }

    /// In cores, what the bench itself has used.
    package var benchCores: Double { benchTime > 0 ? benchProcessorTime / benchTime : 0 }

    mutating func add(_ counters: BenchCounters) {
        connections = counters.opened
        openTime = Self.seconds(from: beginOfOpening, to: counters.lastOpened)
        published = counters.published
        publishTime = Self.seconds(from: beginOfPublishing, to: counters.lastPublished)
        unpublished = counters.unpublished
        refused = counters.refused
        deliveries = counters.deliveries
        deliveryTime = Self.seconds(from: beginOfPublishing, to: counters.lastDelivery)
        // Nobody has noticed yet that what comes after the last delivery is missing.
        lost = counters.lost + counters.expected - min(counters.expected, counters.progress)
        outOfOrder = counters.outOfOrder
        duplicates = counters.duplicates
        misdelivered = counters.misdelivered
        ended = counters.ended
    }

    mutating func add(_ histograms: BenchHistograms) {
        handshakes.add(histograms.handshakes)
        latencies.add(histograms.latencies)
        answers.add(histograms.answers)
    }

    private static func seconds(from begin: NIODeadline, to end: UInt64) -> Double {
        let begin = begin.uptimeNanoseconds
        return end > begin ? Double(end - begin) / 1e9 : 0
    }
}
