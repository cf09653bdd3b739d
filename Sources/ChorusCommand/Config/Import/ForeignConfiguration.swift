import JSONWire

/// A configuration of another server, of which it is known what has been asked for: what nobody asks for has no
/// counterpart.
struct ForeignConfiguration {
    private let root: JSONNode
    /// What leads to it in the file, with dots.
    let path: String
    private var asked: Set<String> = []

    init(_ root: JSONNode, path: String = "") {
        self.root = root
        self.path = path
    }

    /// The value of a key, with dots between names.
    mutating func value(_ key: String) -> JSONNode? {
        asked.insert(key)
        return root[key.split(separator: ".").map(String.init)]
    }

    /// `nil` also for an empty one, which says nothing.
    mutating func text(_ key: String) -> String? {
        let text = value(key)?.string
        return text == "" ? nil : text
    }

    mutating func flag(_ key: String) -> Bool { value(key)?.content == .bool(true) }

    /// A whole number, also one that stands in quotes.
    mutating func count(_ key: String) -> Int? {
        switch value(key)?.content {
        case .number(let text), .string(let text): Int(text)
        default: nil
        }
    }

    /// Seconds, from a text as Go writes it (`1h30m`, `25s`, `250ms`).
    mutating func seconds(_ key: String) -> Double? { text(key).flatMap(ForeignConfiguration.seconds) }

    static func seconds(_ text: String) -> Double? {
        let units: [String: Double] = ["h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9]
        var seconds = 0.0
        var rest = text[...]
        let isNegative = rest.first == "-"
        if isNegative { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest[digits.endIndex...]
            let unit = rest.prefix { $0.isLetter }
            rest = rest[unit.endIndex...]
            guard let number = Double(digits), let scale = units[String(unit)] else { return nil }
            seconds += number * scale
        }
        return isNegative ? -seconds : seconds
    }

    /// Keys with values that nobody has asked for, but for those that say that something is off: `false`, `0` and what
    /// is empty. Of a section with `"enabled": false` none counts.
    var leftOver: [String] { leftOver(root, behind: "").map { path + $0 } }

    private func leftOver(_ node: JSONNode, behind path: String) -> [String] {
        (node.fields ?? []).flatMap { field -> [String] in
            let key = path + field.name
            if asked.contains(key) { return [] }
            switch field.value.content {
            case .object:
                if field.value["enabled"]?.content == .bool(false) { return [] }
                return leftOver(field.value, behind: key + ".")
            case .array(let elements): return elements.isEmpty ? [] : [key]
            case .string(let text): return text.isEmpty ? [] : [key]
            case .number(let number): return Double(number) == 0 ? [] : [key]
            case .bool(let flag): return flag ? [key] : []
            case .null: return []
            }
        }
    }
}
