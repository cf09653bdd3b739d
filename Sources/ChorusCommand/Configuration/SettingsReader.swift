import Configuration
import JSONWire
import NIOCore

/// Reads settings from sources, the one that weighs least first, and keeps where each has its value from and what is
/// wrong. A value that makes no sense leaves what was there.
struct SettingsReader {
    private(set) var places: [String: SettingPlace] = [:]
    private(set) var problems: [ConfigurationProblem] = []

    /// - Parameters:
    ///   - path: what leads to the settings in the source.
    ///   - name: what their keys begin with in ``places`` and messages, if not with `path`.
    mutating func read<Root>(
        _ table: [Setting<Root>],
        into root: inout Root,
        from source: some SettingSource,
        at path: [String] = [],
        named name: String? = nil
    ) {
        let snapshot = source.snapshot
        for setting in table {
            let whole = path + setting.about.path
            guard let content = SettingsReader.content(in: snapshot, at: whole, asked: setting.asked) else { continue }
            let key = name.map { "\($0).\(setting.about.key)" } ?? setting.about.key
            let place = source.place(of: setting.about, at: whole)
            if let content = try? content.get(), setting.set(content, &root) {
                places[key] = place
            } else {
                report(setting.about, called: key, source.text(of: setting.about, at: whole), at: place)
            }
        }
    }

    /// What a source has for a key: nothing, something of another type than it is asked for, or a value.
    private static func content(
        in snapshot: any ConfigSnapshot,
        at path: [String],
        asked: [ConfigType]
    ) -> Result<ConfigContent, any Error>? {
        var failure: (any Error)?
        for type in asked {
            do {
                guard let value = try snapshot.value(forKey: AbsoluteConfigKey(path), type: type).value else {
                    return nil
                }
                return .success(value.content)
            } catch {
                failure = error
            }
        }
        return failure.map { .failure($0) }
    }

    private mutating func report(
        _ setting: SettingDescription,
        called key: String,
        _ found: String,
        at place: SettingPlace
    ) {
        let found = setting.isSecret ? "the value" : found
        if case .file = place {
            report(place, "\(key): \(found) is not \(setting.meaning)")
        } else {
            report(place, "\(found) is not \(setting.meaning)")
        }
    }

    mutating func report(_ place: SettingPlace, _ message: String) {
        problems.append(ConfigurationProblem(place, message))
    }

    mutating func report(_ problem: ConfigurationProblem) { problems.append(problem) }

    mutating func note(_ place: SettingPlace, of key: String) { places[key] = place }

    // MARK: Namespaces

    /// Reads the list of namespaces from a file, or from the text of an environment variable. Those that were read
    /// before are forgotten.
    ///
    /// - Parameter path: what leads to the list.
    mutating func readNamespaces(into settings: inout Settings, from file: ConfigurationFile, at path: [String]) {
        guard let list = file.root[path] else { return }
        places = places.filter { !$0.key.hasPrefix("namespaces.") }
        settings.namespaces = []
        guard let elements = list.elements else {
            let list = TopicSettings.listDescription
            return report(file.place(of: file.root[path]?.offset ?? 0), "\(list.key) is not \(list.meaning)")
        }
        var names: Set<String> = []
        for (index, element) in elements.enumerated() {
            let place = file.place(of: element["name"]?.offset ?? element.offset)
            guard element.fields != nil, let name = element["name"]?.string else {
                report(place, "a namespace is an object with a name, such as {\"name\": \"chat\"}")
                continue
            }
            if let reason = TopicSettings.problem(withName: name) {
                report(place, "\(name.quoted) cannot be a namespace: \(reason)")
            } else if !names.insert(name).inserted {
                report(place, "there are two namespaces \(name.quoted)")
            }
            var namespace = name == "lobby" ? settings.topics.asLobby : settings.topics.named(name)
            // who may publish to topics is decided later, also by options
            namespace.publishers = nil
            let table = TopicSettings.table
            read(
                table,
                into: &namespace,
                from: FileSource(file: file),
                at: path + ["\(index)"],
                named: "namespaces.\(name)"
            )
            note(place, of: "namespaces.\(name).name")
            settings.namespaces.append(namespace)
        }
    }
}
