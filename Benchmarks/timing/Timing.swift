import Benchmark
import MicroBenchmarks

/// The time of every micro benchmark: `scripts/benchmark`.
let benchmarks: @Sendable () -> Void = {
    for micro in MicroBenchmark.all {
        Benchmark(
            micro.name,
            configuration: .init(
                metrics: [.wallClock],
                warmupIterations: 3,
                // figures are those of one operation
                scalingFactor: micro.operations == 1000 ? .kilo : .mega,
                maxDuration: .seconds(1),
                maxIterations: 100_000
            )
        ) { benchmark in
            let run = try micro.prepare()
            benchmark.startMeasurement()
            run()
            benchmark.stopMeasurement()
        }
    }
}
