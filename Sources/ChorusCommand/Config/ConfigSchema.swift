import ArgumentParser

/// `chorus config schema`: what editors check a configuration by.
struct ConfigSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of configurations, for editors.",
        discussion: """
            JSON Schema 2020-12. Editors find it by a file's first field, "$schema".

              chorus config schema > chorus.schema.json
            """
    )

    func run() { Console.print(ConfigurationSchema.text) }
}

/// The JSON Schema (2020-12) of configurations.
package enum ConfigurationSchema {
    package static var text: String {
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Configuration of chorus serve",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "$schema": {"type": "string"},
        \(properties(SettingTree.file, depth: 2))
          }
        }
        """
    }

    private static func properties(_ tree: SettingTree, depth: Int) -> String {
        tree.nodes.map { name, node in indent(depth) + "\(name.json): \(schema(node, depth: depth))" }
            .joined(separator: ",\n")
    }

    private static func schema(_ node: SettingTree.Node, depth: Int) -> String {
        switch node {
        case .setting(let about, let standard):
            let standard = standard.map { #", "default": \#($0)"# } ?? ""
            return #"{"description": \#(about.purpose.json), \#(about.schema)\#(standard)}"#
        case .group(let group): return object(group, depth: depth)
        case .list(let element, let about):
            return """
                {
                \(indent(depth + 1))"description": \(about.purpose.json),
                \(indent(depth + 1))"type": "array",
                \(indent(depth + 1))"items": \(object(element, required: ["name"], depth: depth + 1))
                \(indent(depth))}
                """
        }
    }

    private static func object(_ tree: SettingTree, required: [String] = [], depth: Int) -> String {
        let required = required.isEmpty ? "" : #""required": [\#(required.map(\.json).joined(separator: ", "))], "#
        return """
            {
            \(indent(depth + 1))"type": "object", \(required)"additionalProperties": false,
            \(indent(depth + 1))"properties": {
            \(properties(tree, depth: depth + 2))
            \(indent(depth + 1))}
            \(indent(depth))}
            """
    }

    private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}
