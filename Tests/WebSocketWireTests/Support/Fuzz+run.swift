import FuzzSupport
import Testing

extension Fuzz {
    /// Runs `body` with the dice of each input, `percent` of 200,000 over all lanes, and stops at the first one about
    /// which it has a complaint.
    static func run(
        percent: Int,
        lane: Int,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (inout Dice) -> String?
    ) {
        let count = max(1, count(percent: percent, of: 200_000) / lanes.count)
        guard let complaint = complaint(seeds(count, lane: lane), body) else { return }
        Issue.record(Comment(rawValue: complaint), sourceLocation: sourceLocation)
    }
}

extension [UInt8] {
    /// Like `81 05 48 65`, to paste into a test.
    var hex: String {
        map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined(separator: " ")
    }
}
