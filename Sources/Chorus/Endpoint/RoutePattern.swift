/// A path with placeholders: `/rooms/{room}` matches `/rooms/7` with `room` = `7`.
///
/// A placeholder stands for one whole segment, which is percent-decoded and cannot be empty.
package struct RoutePattern: Sendable, Hashable {
    private enum Segment: Hashable {
        case literal(String)
        case parameter(String)
    }

    /// What was wrong with a path that has the pattern's shape.
    package enum Match: Equatable {
        case no
        case parameters([String: String])
        /// A segment is not valid percent-encoded UTF-8.
        case malformed
    }

    private let segments: [Segment]

    package init(_ pattern: String) {
        segments = pattern.split(separator: "/", omittingEmptySubsequences: true).map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }

    /// Whether no other pattern can be more exact.
    package var isLiteral: Bool {
        segments.allSatisfy { if case .literal = $0 { true } else { false } }
    }

    package func match(_ path: some StringProtocol) -> Match {
        guard path.utf8.first == UInt8(ascii: "/") else { return .no }
        // the rest begins with the slash before the next segment, and is empty after the last one
        var rest = path[...]
        var parameters: [String: String] = [:]
        var isMalformed = false
        for segment in segments {
            guard !rest.isEmpty else { return .no }
            rest = rest.dropFirst()
            let part = rest[..<(rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex)]
            rest = rest[part.endIndex...]
            switch segment {
            case .literal(let literal):
                guard part == literal else { return .no }
            case .parameter(let name):
                guard !part.isEmpty else { return .no }
                let value = PercentEncoding.decode(part)
                parameters[name] = value
                if value == nil { isMalformed = true }
            }
        }
        let isWhole = rest.isEmpty || (segments.isEmpty && rest == "/")
        guard isWhole else { return .no }
        return isMalformed ? .malformed : .parameters(parameters)
    }
}
