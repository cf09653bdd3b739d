import ChorusCommand
import Histogram
import Testing

@Suite("The latencies of the bench")
struct LatencyHistogramTests {
    @Test("are known to 0.1 %, from nanoseconds to an hour, and longer ones count as an hour")
    func precision() {
        var value: UInt64 = 1
        while value < 3_600_000_000_000 {
            var histogram = LatencyHistogram.latencies
            histogram.recordLatency(value)
            // the maximum, which bounds a percentile, must not hide what the bucket says
            histogram.recordLatency(.max)
            let measured = histogram.valueAtPercentile(50)
            #expect(measured >= value)
            #expect(Double(measured - value) <= Double(value) / 1_000)
            #expect(histogram.totalCount == 2)
            #expect(histogram.maxRecorded == 3_600_000_000_000)
            value += value / 20 + 1
        }
    }

    @Test("add up")
    func adding() {
        var sum = LatencyHistogram.latencies
        #expect(sum.valueAtPercentile(99) == 0)
        for value: UInt64 in 1...4 {
            var histogram = LatencyHistogram.latencies
            histogram.recordLatency(value * 1_000)
            sum.add(histogram)
        }
        #expect(sum.totalCount == 4)
        #expect(sum.valueAtPercentile(50) == 2_000)
        #expect(sum.maxRecorded == 4_000)
    }
}
