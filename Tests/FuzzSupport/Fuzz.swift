import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How many inputs the fuzz tests try, and from which seed on.
///
/// `CHORUS_FUZZ_INPUTS` is the number over all fuzz tests, 200,000 by default. `CHORUS_FUZZ_SEED` is the seed of the
/// first input, random by default; the seed of an input that fails is printed, and with that one as
/// `CHORUS_FUZZ_SEED` it is the first input tried.
enum Fuzz {
    static let inputs = number("CHORUS_FUZZ_INPUTS").map { Int(clamping: $0) } ?? 200_000
    static let seed = number("CHORUS_FUZZ_SEED") ?? UInt64.random(in: 0..<1_000_000_000_000)

    /// Each fuzz test runs this often, with other inputs, so that all cores have something to do.
    static let lanes = 0..<4

    /// Runs `body` with the dice of each input, and stops at the first one about which it has a complaint.
    static func run(
        percent: Int,
        lane: Int,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (inout Dice) -> String?
    ) {
        let count = max(1, inputs / 100 * percent / lanes.count)
        for index in 0..<count {
            let inputSeed = seed &+ UInt64(lane * count + index)
            var dice = Dice(seed: inputSeed)
            if let complaint = body(&dice) {
                Issue.record("CHORUS_FUZZ_SEED=\(inputSeed): \(complaint)", sourceLocation: sourceLocation)
                return
            }
        }
    }

    private static func number(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }
}

extension [UInt8] {
    /// Like `81 05 48 65`, to paste into a test.
    var hex: String {
        map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined(separator: " ")
    }
}
