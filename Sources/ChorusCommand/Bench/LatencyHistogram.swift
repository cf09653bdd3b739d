package import Histogram

/// Durations in nanoseconds, known to 0.1 % (HdrHistogram with three significant digits). Recording allocates nothing;
/// one takes 270 KiB.
package typealias LatencyHistogram = Histogram<UInt64>

extension Histogram<UInt64> {
    /// An hour.
    private static var longest: UInt64 { 3_600_000_000_000 }

    /// An empty one, for durations up to an hour.
    package static var latencies: LatencyHistogram {
        LatencyHistogram(highestTrackableValue: longest, numberOfSignificantValueDigits: .three)
    }

    /// Counts a duration. A longer one than an hour counts as that.
    @inline(__always)
    package mutating func recordLatency(_ nanoseconds: UInt64) {
        record(Swift.min(nanoseconds, Self.longest))
    }
}
