import ChorusClient
import Testing

@Suite("Waiting between attempts")
struct BackoffTests {
    @Test("a wait is within a bound that doubles up to 10 seconds, and anywhere within it")
    func bounds() {
        var highest = [Duration](repeating: .zero, count: 12)
        var lowest = [Duration](repeating: .seconds(60), count: 12)
        for _ in 0..<300 {
            var backoff = Backoff()
            for attempt in highest.indices {
                let wait = backoff.next()
                highest[attempt] = max(highest[attempt], wait)
                lowest[attempt] = min(lowest[attempt], wait)
            }
        }
        for attempt in highest.indices {
            let bound: Duration = min(.seconds(10), .milliseconds(200) * (1 << attempt))
            #expect(lowest[attempt] >= .zero && highest[attempt] <= bound)
            // of 300 waits none is in one half or the other once in 2^300 runs
            #expect(lowest[attempt] < bound / 2 && highest[attempt] > bound / 2, "attempt \(attempt)")
        }
    }

    @Test("after a success it begins again")
    func reset() {
        var backoff = Backoff(base: .milliseconds(10), cap: .seconds(100))
        for _ in 0..<100 {
            for _ in 0..<20 { _ = backoff.next() }
            backoff.reset()
            #expect(backoff.next() <= .milliseconds(10))
        }
    }

    @Test("a bound that would be beyond all numbers stays at the highest")
    func forever() {
        var backoff = Backoff(base: .seconds(3600), cap: .seconds(86_400))
        for _ in 0..<10_000 { #expect(backoff.next() <= .seconds(86_400)) }
        // a cap below the base counts
        var short = Backoff(base: .seconds(10), cap: .seconds(1))
        for _ in 0..<100 { #expect(short.next() <= .seconds(1)) }
    }
}
