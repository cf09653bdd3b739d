/// A pattern for names, as Centrifugo's API takes it: `*` and `**` stand for anything, `?` for one character, `[abc]`,
/// `[a-z]`, `[!a-z]` for one of some, `{one,other}` for one of several patterns; a backslash takes the meaning of what
/// follows away.
///
/// Matching takes at most the length of the pattern times that of the name.
package struct Glob: Sendable {
    /// Why a text is no pattern; begins behind the word "pattern".
    package struct Malformed: Error {
        let reason: String
    }

    private enum Step: Sendable {
        /// One character of these, or none of these.
        case one([ClosedRange<Unicode.Scalar>], isExcluding: Bool)
        /// Goes on at both places.
        case fork(Int, Int)
        case jump(Int)
        case end
    }

    private var steps: [Step] = []

    /// Throws when the text is no pattern.
    package init(_ pattern: String) throws(Malformed) {
        var rest = pattern.unicodeScalars[...]
        try parse(&rest, depth: 0)
        steps.append(.end)
    }

    // MARK: Reading

    private static let anything = Step.one([], isExcluding: true)
    private static let deepest = 16

    private mutating func parse(_ rest: inout Substring.UnicodeScalarView, depth: Int) throws(Malformed) {
        while let scalar = rest.first {
            if depth > 0, scalar == "," || scalar == "}" { return }
            rest.removeFirst()
            switch scalar {
            case "*":
                steps.append(.fork(steps.count + 1, steps.count + 3))
                steps.append(Glob.anything)
                steps.append(.jump(steps.count - 2))
            case "?": steps.append(Glob.anything)
            case "[": steps.append(try Glob.set(&rest))
            case "{": try parseChoice(&rest, depth: depth + 1)
            case "\\":
                guard let literal = rest.popFirst() else { throw Malformed(reason: "ends with a backslash") }
                steps.append(.one([literal...literal], isExcluding: false))
            default: steps.append(.one([scalar...scalar], isExcluding: false))
            }
        }
        if depth > 0 { throw Malformed(reason: "has a { without its }") }
    }

    private mutating func parseChoice(_ rest: inout Substring.UnicodeScalarView, depth: Int) throws(Malformed) {
        guard depth <= Glob.deepest else { throw Malformed(reason: "is nested more than \(Glob.deepest) deep") }
        var ends: [Int] = []
        while true {
            // whether this is the last one is known behind it
            let fork = steps.count
            steps.append(.end)
            try parse(&rest, depth: depth)
            let separator = rest.popFirst()
            ends.append(steps.count)
            steps.append(.end)
            steps[fork] = separator == "," ? .fork(fork + 1, steps.count) : .jump(fork + 1)
            if separator != "," { break }
        }
        for end in ends { steps[end] = .jump(steps.count) }
    }

    private static func set(_ rest: inout Substring.UnicodeScalarView) throws(Malformed) -> Step {
        let isExcluding = rest.first == "!"
        if isExcluding { rest.removeFirst() }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while true {
            guard let first = rest.popFirst() else { throw Malformed(reason: "has a [ without its ]") }
            if first == "]" { break }
            let low = first == "\\" ? rest.popFirst() ?? first : first
            guard rest.first == "-", let second = rest.dropFirst().first, second != "]" else {
                ranges.append(low...low)
                continue
            }
            rest.removeFirst(2)
            let high = second == "\\" ? rest.popFirst() ?? second : second
            guard low <= high else { throw Malformed(reason: "has a range that ends before it begins") }
            ranges.append(low...high)
        }
        guard !ranges.isEmpty else { throw Malformed(reason: "has [] with nothing in it") }
        return .one(ranges, isExcluding: isExcluding)
    }

    // MARK: Matching

    /// Whether all of a name fits.
    package func matches(_ name: String) -> Bool {
        var current = Places(count: steps.count)
        var next = Places(count: steps.count)
        enter(0, &current)
        for scalar in name.unicodeScalars {
            for place in current.list {
                if case .one(let ranges, let isExcluding) = steps[place],
                    ranges.contains(where: { $0.contains(scalar) }) != isExcluding
                {
                    enter(place + 1, &next)
                }
            }
            swap(&current, &next)
            next.clear()
            if current.list.isEmpty { return false }
        }
        return current.list.contains(steps.count - 1)
    }

    /// Goes to a place, and from there to where nothing has to be read.
    private func enter(_ place: Int, _ places: inout Places) {
        guard places.insert(place) else { return }
        switch steps[place] {
        case .fork(let one, let other):
            enter(one, &places)
            enter(other, &places)
        case .jump(let target): enter(target, &places)
        case .one, .end: break
        }
    }

    /// Where a match may stand.
    private struct Places {
        private(set) var list: [Int] = []
        private var isIn: [Bool]

        init(count: Int) { isIn = [Bool](repeating: false, count: count) }

        mutating func insert(_ place: Int) -> Bool {
            guard !isIn[place] else { return false }
            isIn[place] = true
            list.append(place)
            return true
        }

        mutating func clear() {
            for place in list { isIn[place] = false }
            list.removeAll(keepingCapacity: true)
        }
    }
}
