import ChorusCommand
import Testing

@Suite("The histogram of the bench")
struct HistogramTests {
    @Test("knows every value to 1.6 %, from one to a quarter of an hour")
    func precision() {
        var value: UInt64 = 1
        while value < 1 << 39 {
            var histogram = Histogram()
            histogram.record(value)
            // The maximum, which bounds a percentile, must not hide what the bucket says.
            histogram.record(1 << 39)
            let measured = histogram.percentile(0.5)
            #expect(measured >= value)
            #expect(Double(measured - value) <= Double(value) / 64)
            value += value / 50 + 1
        }
    }

    @Test("finds percentiles as sorting would")
    func percentiles() {
        var histogram = Histogram()
        var values = (0..<10_000).map { _ in UInt64.random(in: 0...5_000_000) }
        for value in values { histogram.record(value) }
        values.sort()
        for share in [0.001, 0.5, 0.9, 0.99, 0.999, 1] {
            let exact = Double(values[max(0, Int((share * 10_000).rounded(.up)) - 1)])
            let measured = Double(histogram.percentile(share))
            #expect(measured >= exact && measured <= exact * 65 / 64 + 1)
        }
        #expect(histogram.maximum == values.last)
    }

    @Test("adds up, and takes what is out of its range")
    func adding() {
        var (first, second) = (Histogram(), Histogram())
        #expect(first.percentile(0.5) == 0)
        first.record(10)
        second.record(.max)
        second.record(0)
        first.add(second)
        #expect(first.count == 3)
        #expect(first.maximum == .max)
        #expect(first.percentile(0.3) == 0)
        #expect(first.percentile(0.6) == 10)
        #expect(first.percentile(1) >= 1 << 40 - 1)
    }
}
