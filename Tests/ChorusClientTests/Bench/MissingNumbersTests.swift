import ChorusCommand
import Testing

@Suite("What a sequence has skipped")
struct MissingNumbersTests {
    /// Which of these are missing, asked in this order.
    private func removed(_ numbers: some Sequence<UInt64>, from missing: inout MissingNumbers) -> [UInt64] {
        numbers.filter { missing.remove($0) }
    }

    @Test("each number is missing once, in whatever order they come")
    func once() {
        for _ in 0..<50 {
            var missing = MissingNumbers()
            let ranges: [ClosedRange<UInt64>] = [2...2, 5...9, 11...40]
            for range in ranges { missing.add(range) }
            let numbers = ranges.flatMap(\.self).shuffled()
            let found = removed(numbers.flatMap { [$0, $0] }, from: &missing)
            #expect(found == numbers)
        }
    }

    @Test("what was not skipped is not missing")
    func others() {
        var missing = MissingNumbers()
        let before = removed([0, 1, .max], from: &missing)
        missing.add(3...4)
        let after = removed([0, 1, 2, 5, .max], from: &missing)
        #expect(before.isEmpty && after.isEmpty)
    }

    @Test("of very many gaps the newest are remembered")
    func bounded() {
        var missing = MissingNumbers()
        for number: UInt64 in 1...100_000 { missing.add((2 * number)...(2 * number)) }
        let newest = (99_000...100_000).map { UInt64(2 * $0) }
        let found = removed([2] + newest, from: &missing)
        #expect(found == newest)
    }
}
