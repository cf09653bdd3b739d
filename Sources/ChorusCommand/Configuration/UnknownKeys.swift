import JSONWire

/// Keys that nothing is known of, and what they may have been meant to be.
enum UnknownKeys {
    /// What a file has besides settings, for editors.
    private static let schemaKey = "$schema"

    /// Variables that are no settings: where commands find the server and what they show it, where the configuration is,
    /// and the options in the systemd unit.
    private static let otherVariables: Set<String> = ["CHORUS_URL", "CHORUS_TOKEN", "CHORUS_CONFIG", "CHORUS_OPTIONS"]

    static func problems(in file: ConfigurationFile, _ tree: SettingTree) -> [ConfigurationProblem] {
        if let problem = file.otherThanObject { return [problem] }
        return problems(in: file, file.root, tree, behind: "")
    }

    /// - Parameter file: has a list of namespaces alone.
    static func problems(inListOf file: ConfigurationFile) -> [ConfigurationProblem] {
        guard case .list(let tree, _) = SettingTree.file["namespaces"] else { return [] }
        return (file.root.elements ?? []).flatMap { problems(in: file, $0, tree, behind: "namespaces.") }
    }

    private static func problems(
        in file: ConfigurationFile,
        _ node: JSONNode,
        _ tree: SettingTree,
        behind path: String
    ) -> [ConfigurationProblem] {
        var seen: Set<String> = []
        return (node.fields ?? []).flatMap { field -> [ConfigurationProblem] in
            let key = path + field.name
            let place = file.place(of: field.offset)
            guard seen.insert(field.name).inserted else {
                return [ConfigurationProblem(place, "\(key) is there twice")]
            }
            if path.isEmpty, field.name == schemaKey { return [] }
            switch tree[field.name] {
            case .setting: return []
            case .group(let group):
                guard field.value.fields != nil else {
                    let message = "\(key): \(file.text(of: field.value)) is not an object: {…}"
                    return [ConfigurationProblem(file.place(of: field.value.offset), message)]
                }
                return problems(in: file, field.value, group, behind: "\(key).")
            case .list(let element, _):
                return (field.value.elements ?? []).flatMap { problems(in: file, $0, element, behind: "\(key).") }
            case nil:
                let known = tree.nodes.map { path + $0.name }
                return [
                    ConfigurationProblem(place, "there is no setting \(key)" + hint(key, known, everywhere(field.name)))
                ]
            }
        }
    }

    /// Settings that end with this name: somebody may have left out what leads to it.
    private static func everywhere(_ name: String) -> [String] {
        SettingTree.file.settings.map(\.about.key).filter { $0.hasSuffix(".\(name)") }
    }

    static func problems(inEnvironment variables: [String: String]) -> [ConfigurationProblem] {
        let known = SettingTree.file.settings.map(\.about.variable)
        return variables.keys.sorted().compactMap { name in
            guard name.hasPrefix(EnvironmentSource.prefix), variables[name]?.isEmpty == false else { return nil }
            guard !known.contains(name), !otherVariables.contains(name), !isOfKubernetes(name) else { return nil }
            return ConfigurationProblem(.environment(name), "there is no such setting" + hint(name, known, []))
        }
    }

    /// Kubernetes sets variables for every service that it knows, `CHORUS_PORT` and others if one is called `chorus`.
    private static func isOfKubernetes(_ name: String) -> Bool {
        name == "CHORUS_PORT" || name == "CHORUS_SERVICE_HOST" || name.hasPrefix("CHORUS_SERVICE_PORT")
            || (name.hasPrefix("CHORUS_PORT_") && name.dropFirst(12).first?.isNumber ?? false)
    }

    // MARK: What was meant

    /// - Parameters:
    ///   - known: what may be mistyped.
    ///   - certain: what it is if nothing else is like it.
    private static func hint(_ key: String, _ known: [String], _ certain: [String]) -> String {
        let near = known.map { ($0, distance(key, $0)) }.filter { $0.1 <= max(2, key.count / 4) }
        guard let meant = near.min(by: { $0.1 < $1.1 })?.0 ?? certain.first else { return "" }
        return "; did you mean \(meant)?"
    }

    /// How many characters are to be inserted, removed or replaced.
    private static func distance(_ one: String, _ other: String) -> Int {
        let other = Array(other)
        var row = Array(0...other.count)
        for (index, character) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in other.indices {
                let replaced = diagonal + (character == other[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[other.count]
    }
}
