// swift-tools-version: 6.2

import PackageDescription

// A package of its own, so that nobody who builds Chorus, or builds on it, fetches what its benchmarks are timed with.
let package = Package(
    name: "chorus-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "chorus", path: ".."),
        // without its traits: allocations are counted by malloc_count.c
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Timing",
            dependencies: [
                .product(name: "_MicroBenchmarks", package: "chorus"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            // its folder's parent has to be called Benchmarks, or the plugin passes it by
            path: "timing",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        )
    ],
    swiftLanguageModes: [.v6]
)
