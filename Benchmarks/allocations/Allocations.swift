import MicroBenchmarks

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How often every micro benchmark allocates, against how often it may: `scripts/allocations`.
///
/// Started with `malloc_count.so` (Benchmarks/fanout), which counts; with arguments, only those whose names contain one
/// of them. Exits with 1 when something allocates more than it may.
@main
struct Allocations {
    static func main() throws {
        guard let allocationCount else {
            fail("nothing counts the allocations: scripts/allocations starts this with what does")
        }
        let chosen = MicroBenchmark.all.filter(isWanted)
        guard !chosen.isEmpty else { fail("no name contains what was asked for") }
        print("| | allocations per operation | allowed |\n|---|---|---|")
        var excesses: [String] = []
        for micro in chosen {
            let count = try micro.allocationsPerOperation(allocationCount)
            print("| \(micro.name) | \(count.text) | \(micro.allocations.text) |")
            if count > micro.allocations {
                excesses.append("\(micro.name): \(count.text) allocations per operation, not \(micro.allocations.text)")
            }
        }
        guard excesses.isEmpty else { fail(excesses.joined(separator: "\n")) }
    }

    private static func isWanted(_ micro: MicroBenchmark) -> Bool {
        let parts = CommandLine.arguments.dropFirst()
        return parts.isEmpty || parts.contains { micro.name.contains($0) }
    }

    /// The running count of the process, if there is one.
    private static var allocationCount: (@convention(c) () -> UInt64)? {
        guard let symbol = dlsym(nil, "chorus_malloc_count") else { return nil }
        return unsafeBitCast(symbol, to: (@convention(c) () -> UInt64).self)
    }

    private static func fail(_ text: String) -> Never {
        print("\n" + text)
        exit(1)
    }
}

extension MicroBenchmark {
    /// The least of three runs, behind one that fills what is kept: another thread of the process may allocate at any
    /// time, and what a run needs it needs in each.
    fileprivate func allocationsPerOperation(_ count: () -> UInt64) throws -> Double {
        let start = count()
        let run = try prepare()
        run()
        precondition(count() > start, "nothing is counted: what is prepared has to be kept somewhere")
        let counts = (0..<3).map { _ in
            let before = count()
            run()
            return count() - before
        }
        return Double(counts.min() ?? 0) / Double(operations)
    }
}

extension Double {
    /// As it is: the operations are a power of ten.
    fileprivate var text: String { self == rounded() ? "\(Int(self))" : "\(self)" }
}
