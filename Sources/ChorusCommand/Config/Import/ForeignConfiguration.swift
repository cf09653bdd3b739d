import JSONWire

/// A configuration of another server, of which it is known what has been understood: what nobody asks for has no
/// counterpart, and a value of another type than it is asked for is as if nobody had.
struct ForeignConfiguration {
    private let root: JSONNode
    /// What leads to it in the file, with dots.
    let path: String
    private var understood: Set<String> = []
    /// Keys whose value has been looked at, and is of another kind than it should be.
    private var misunderstood: Set<String> = []

    init(_ root: JSONNode, path: String = "") {
        self.root = root
        self.path = path
    }

    /// The value of a key, with dots between names; `nil` if there is none or it means nothing.
    mutating func read<Value>(_ key: String, as meaning: (JSONNode) -> Value?) -> Value? {
        guard let node = root[key.split(separator: ".").map(String.init)] else { return nil }
        guard let value = meaning(node) else {
            misunderstood.insert(key)
            return nil
        }
        understood.insert(key)
        return value
    }

    /// `nil` also for an empty one, which says nothing.
    mutating func text(_ key: String) -> String? { read(key) { $0.string == "" ? nil : $0.string } }

    /// Also one that stands in quotes.
    mutating func flag(_ key: String) -> Bool {
        read(key) { value -> Bool? in
            switch value.content {
            case .bool(let flag): flag
            case .string(let text): Bool(text)
            default: nil
            }
        } ?? false
    }

    /// A whole number, also one that stands in quotes.
    mutating func count(_ key: String) -> Int? {
        read(key) { value -> Int? in
            switch value.content {
            case .number(let text), .string(let text): Int(text)
            default: nil
            }
        }
    }

    /// Seconds, from a text as Go writes it (`1h30m`, `25s`, `250ms`).
    mutating func seconds(_ key: String) -> Double? {
        read(key) { $0.string.flatMap(ForeignConfiguration.seconds) }
    }

    /// A list of texts and nothing else.
    mutating func texts(_ key: String) -> [String]? {
        read(key) { value -> [String]? in
            guard let elements = value.elements, elements.allSatisfy({ $0.string != nil }) else { return nil }
            return elements.compactMap(\.string)
        }
    }

    mutating func elements(_ key: String) -> [JSONNode] { read(key) { $0.elements } ?? [] }

    /// A part that is looked at by itself; empty if there is none.
    mutating func section(_ key: String) -> ForeignConfiguration {
        let section = read(key) { value -> JSONNode? in value.fields == nil ? nil : value }
        return ForeignConfiguration(section ?? .emptyObject, path: "\(path)\(key).")
    }

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

    /// Keys with values that nobody has understood, but for those that say that something is off: `false`, `0` and what
    /// is empty. Of a section with `"enabled": false` none counts.
    var leftOver: [(key: String, remark: String)] {
        leftOver(root, behind: "").map { key in
            let isWrong = misunderstood.contains(key)
            return (path + key, isWrong ? "this cannot be its value" : "nothing in Chorus corresponds to it")
        }
    }

    private func leftOver(_ node: JSONNode, behind path: String) -> [String] {
        (node.fields ?? []).flatMap { field -> [String] in
            let key = path + field.name
            if understood.contains(key) { return [] }
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
