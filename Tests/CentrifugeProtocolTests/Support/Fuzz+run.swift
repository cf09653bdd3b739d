import FuzzSupport
import Testing

extension Fuzz {
    /// Runs `body` with the dice of each input, `percent` of 20,000, and stops at the first one about which it has a
    /// complaint.
    static func run(
        percent: Int,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (inout Dice) -> String?
    ) {
        guard let complaint = complaint(seeds(count(percent: percent, of: 20_000)), body) else { return }
        Issue.record(Comment(rawValue: complaint), sourceLocation: sourceLocation)
    }
}
