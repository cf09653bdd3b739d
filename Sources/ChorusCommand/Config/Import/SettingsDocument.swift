/// A configuration file that is written setting by setting.
struct SettingsDocument {
    private indirect enum Node {
        case value(String)
        case object([(name: String, node: Node)])
    }

    private var fields: [(name: String, node: Node)] = []

    /// - Parameters:
    ///   - key: the names that lead to it, with dots between them.
    ///   - json: its value, on one line.
    mutating func set(_ key: String, json: String) {
        SettingsDocument.put(json, at: key.split(separator: ".").map(String.init)[...], in: &fields)
    }

    /// A list of objects.
    mutating func set(_ key: String, elements: [SettingsDocument]) {
        let lines = elements.map { "    " + $0.line }
        set(key, json: "[\n" + lines.joined(separator: ",\n") + "\n  ]")
    }

    private static func put(_ json: String, at path: ArraySlice<String>, in fields: inout [(name: String, node: Node)])
    {
        guard let name = path.first else { return }
        let index = fields.firstIndex { $0.name == name }
        guard path.count > 1 else {
            if let index { fields[index].node = .value(json) } else { fields.append((name, .value(json))) }
            return
        }
        var inner: [(name: String, node: Node)] = []
        if let index, case .object(let known) = fields[index].node { inner = known }
        put(json, at: path.dropFirst(), in: &inner)
        if let index { fields[index].node = .object(inner) } else { fields.append((name, .object(inner))) }
    }

    /// On several lines.
    var text: String {
        let lines = fields.map { "  \($0.name.json): \(SettingsDocument.line($0.node))" }
        return lines.isEmpty ? "{}" : "{\n" + lines.joined(separator: ",\n") + "\n}"
    }

    /// On one line.
    var line: String { SettingsDocument.line(.object(fields)) }

    private static func line(_ node: Node) -> String {
        switch node {
        case .value(let json): json
        case .object(let fields): "{" + fields.map { "\($0.name.json): \(line($0.node))" }.joined(separator: ", ") + "}"
        }
    }
}
