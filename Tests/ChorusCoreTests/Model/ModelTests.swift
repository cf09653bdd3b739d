import ChorusCore
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Schedules by the hundred, each from a seed. `CHORUS_MODEL_SCHEDULES` says how many; `CHORUS_MODEL_SEED` which is the
/// first, and alone it means that one.
@Suite("Model")
struct ModelTests {
    private static let slices = 4
    static let seed = number("CHORUS_MODEL_SEED")
    private static let schedules = number("CHORUS_MODEL_SCHEDULES") ?? (seed == nil ? 800 : 1)

    @Test("every subscriber receives the contiguous sequence, or is told", arguments: 0..<slices)
    func schedules(_ slice: Int) {
        let first = ModelTests.seed ?? 1
        var counters = ShardCounters()
        for seed in stride(from: first + slice, to: first + ModelTests.schedules, by: ModelTests.slices) {
            let (failures, _, remains) = ModelTests.run(seed: UInt64(seed), isTracing: false)
            counters += remains.counters
            guard !failures.isEmpty else { continue }
            let lines =
                ["CHORUS_MODEL_SEED=\(seed)"] + failures + ModelTests.run(seed: UInt64(seed), isTracing: true).steps
            Issue.record("\(lines.joined(separator: "\n"))")
            return
        }
        // schedules in which nothing happens prove nothing
        guard ModelTests.schedules >= 800 else { return }
        #expect(counters.cuts > 1000)
        #expect(counters.recovered > 1000)
        #expect(counters.skipped > 100)
        #expect(counters.overflows > 20)
        #expect(counters.outboxOverflows > 0)
    }

    private static func run(
        seed: UInt64,
        isTracing: Bool
    ) -> (failures: [String], steps: [String], remains: ModelRemains) {
        // the model is gone when this returns
        func run() -> (failures: [String], steps: [String], remains: ModelRemains) {
            let model = Model(seed: seed, isTracing: isTracing)
            let remains = model.run()
            return (model.failures, model.steps, remains)
        }
        var result = run()
        result.failures += Set(result.remains.leaked).map { "\($0) is still there" }
        return result
    }

    static func number(_ variable: String) -> Int? {
        getenv(variable).flatMap { Int(String(cString: $0)) }
    }
}
