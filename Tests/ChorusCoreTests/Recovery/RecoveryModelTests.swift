import ChorusCore
import Testing

/// Schedules from seeds, as in ``ModelTests`` and with the same variables.
@Suite("Model of recovery")
struct RecoveryModelTests {
    private static let slices = 4
    /// They are larger than those of the other model: a tenth of them, but where nobody says how many.
    private static let schedules =
        ModelTests.number("CHORUS_MODEL_SCHEDULES").map { $0 / 10 } ?? (ModelTests.seed == nil ? 400 : 1)

    @Test("who comes back gets what it missed, once and in order, or is told", arguments: 0..<slices)
    func schedules(_ slice: Int) {
        let first = ModelTests.seed ?? 1
        var counters = ShardCounters()
        var overflows = 0
        for seed in stride(from: first + slice, to: first + Self.schedules, by: Self.slices) {
            let model = RecoveryModel(seed: UInt64(seed))
            counters += model.run()
            overflows += model.overflows
            guard !model.failures.isEmpty else { continue }
            let traced = RecoveryModel(seed: UInt64(seed), isTracing: true)
            _ = traced.run()
            let lines = ["CHORUS_MODEL_SEED=\(seed)"] + model.failures + traced.steps
            Issue.record("\(lines.joined(separator: "\n"))")
            return
        }
        // schedules in which nothing happens prove nothing
        guard Self.schedules >= 400 else { return }
        #expect(counters.recoveries > 100)
        #expect(counters.gaps > 30)
        #expect(counters.cuts > 50)
        #expect(overflows > 0)
    }
}
