import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How many inputs the fuzz tests here try, and from which seed on.
///
/// `CHORUS_FUZZ_INPUTS` is the number over all of them, 20,000 by default. `CHORUS_FUZZ_SEED` is the seed of the first
/// input, random by default; the seed of an input that fails is printed.
enum Fuzz {
    private static let inputs = number("CHORUS_FUZZ_INPUTS").map { Int(clamping: $0) } ?? 20_000
    private static let seed = number("CHORUS_FUZZ_SEED") ?? UInt64.random(in: 0..<1_000_000_000_000)

    /// Runs `body` with the dice of each input, and stops at the first one about which it has a complaint.
    static func run(
        percent: Int,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (inout Dice) -> String?
    ) {
        for index in 0..<max(1, inputs / 100 * percent) {
            let inputSeed = seed &+ UInt64(index)
            var dice = Dice(seed: inputSeed)
            if let complaint = body(&dice) {
                Issue.record("CHORUS_FUZZ_SEED=\(inputSeed): \(complaint)", sourceLocation: sourceLocation)
                return
            }
        }
    }

    private static func number(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }
}
