#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How many inputs the fuzz tests try, and from which seed on.
///
/// `CHORUS_FUZZ_INPUTS` is the number over all fuzz tests of a target, by default what the target says. `CHORUS_FUZZ_SEED`
/// is the seed of the first input, random by default; the seed of an input that fails is in its complaint, and with that
/// one as `CHORUS_FUZZ_SEED` it is the first input tried.
package enum Fuzz {
    private static let inputs = number("CHORUS_FUZZ_INPUTS").map { Int(clamping: $0) }
    private static let seed = number("CHORUS_FUZZ_SEED") ?? UInt64.random(in: 0..<1_000_000_000_000)

    /// Each fuzz test may run this often, with other inputs, so that all cores have something to do.
    package static let lanes = 0..<4

    /// How many inputs a test tries.
    package static func count(percent: Int, of standard: Int) -> Int { max(1, (inputs ?? standard) / 100 * percent) }

    /// The seeds of so many inputs, and of other ones in each lane.
    package static func seeds(_ count: Int, lane: Int = 0) -> Range<UInt64> {
        let first = seed &+ UInt64(lane * count)
        return first..<first &+ UInt64(count)
    }

    /// Runs `body` with the dice of each input; what it says of the first about which it has a complaint, with its seed.
    package static func complaint(_ seeds: Range<UInt64>, _ body: (inout Dice) -> String?) -> String? {
        for seed in seeds {
            var dice = Dice(seed: seed)
            if let complaint = body(&dice) { return "CHORUS_FUZZ_SEED=\(seed): \(complaint)" }
        }
        return nil
    }

    private static func number(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }
}
