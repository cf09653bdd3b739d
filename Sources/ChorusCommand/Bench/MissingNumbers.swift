/// The numbers that a sequence has skipped and that may still come: whether one that comes late is late or a
/// repetition.
///
/// Made when something was skipped, and not before. It remembers so many ranges; of the oldest ones beyond, nothing is
/// known any more, and what comes of them counts as repeated.
package struct MissingNumbers: Sendable {
    static let mostRanges = 4_096

    /// Disjoint and ascending.
    private var ranges: [ClosedRange<UInt64>] = []

    package init() {}

    /// Notes that these were skipped. They are larger than all before.
    package mutating func add(_ range: ClosedRange<UInt64>) {
        ranges.append(range)
        // by halves, so that it costs little per range
        if ranges.count > Self.mostRanges { ranges.removeFirst(Self.mostRanges / 2) }
    }

    /// Returns whether it was missing. It is not any more.
    package mutating func remove(_ number: UInt64) -> Bool {
        guard let index = ranges.lastIndex(where: { $0.lowerBound <= number }), ranges[index].contains(number) else {
            return false
        }
        let range = ranges[index]
        var rest: [ClosedRange<UInt64>] = []
        if range.lowerBound < number { rest.append(range.lowerBound...(number - 1)) }
        if range.upperBound > number { rest.append((number + 1)...range.upperBound) }
        ranges.replaceSubrange(index...index, with: rest)
        return true
    }
}
