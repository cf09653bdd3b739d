/// The file that `chorus config init` writes: all settings with their defaults, as comments.
package enum CommentedConfiguration {
    package static var text: String {
        """
        // The configuration of chorus serve: every setting with its default. Remove the // before what you change.
        // This is JSON in which comments, and commas before a closing bracket, may stand. The environment weighs more
        // than this file, and options more than both. chorus config check says what is wrong.
        {
        \(lines(SettingTree.file, depth: 1).joined(separator: "\n"))
        }
        """
    }

    private static func lines(_ tree: SettingTree, depth: Int) -> [String] {
        let indent = String(repeating: "  ", count: depth)
        return tree.nodes.flatMap { name, node -> [String] in
            switch node {
            case .setting(let about, let standard): lines(about, standard: standard, called: name).map { indent + $0 }
            case .group(let group): [indent + "\(name.json): {"] + lines(group, depth: depth + 1) + [indent + "},"]
            case .list(_, let about):
                wrapped(about.purpose).map { indent + $0 } + example(name).map { indent + $0 }
            }
        }
    }

    private static func lines(_ setting: SettingDescription, standard: String?, called name: String) -> [String] {
        let names = [setting.variable] + (setting.flag.map { [$0] } ?? [])
        return wrapped("\(setting.purpose) (\(names.joined(separator: ", ")))")
            + ["// \(name.json): \(standard ?? "…"),"]
    }

    private static func example(_ name: String) -> [String] {
        [
            "\(name.json): [",
            #"  // {"name": "chat", "history": {"count": 50, "age": "24h"}, "publishers": "authenticated"},"#,
            #"  // {"name": "prices", "latest": {"enabled": true}, "publishers": "server"},"#,
            "],",
        ]
    }

    /// Comments of no more than 100 characters.
    private static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        var line = "//"
        for word in text.split(separator: " ") {
            if line.count + word.count >= 100 {
                lines.append(line)
                line = "//"
            }
            line += " \(word)"
        }
        return lines + [line]
    }
}
