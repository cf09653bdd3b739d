/// Settings by the names that lead to them, in their order: what a configuration file looks like.
struct SettingTree: Sendable {
    indirect enum Node: Sendable {
        /// With its default, as JSON.
        case setting(SettingDescription, standard: String?)
        case group(SettingTree)
        /// Objects in a list; each has a `name`.
        case list(SettingTree, of: SettingDescription)
    }

    private(set) var nodes: [(name: String, node: Node)] = []

    /// That of a whole file.
    static let file: SettingTree = {
        var tree = SettingTree(Settings.table, standard: Settings())
        var namespaces = SettingTree(TopicSettings.table, standard: nil)
        namespaces.nodes.insert(("name", .setting(TopicSettings.nameDescription, standard: nil)), at: 0)
        let place = tree.nodes.firstIndex { $0.name == "topics" }.map { $0 + 1 } ?? tree.nodes.endIndex
        tree.nodes.insert(("namespaces", .list(namespaces, of: TopicSettings.listDescription)), at: place)
        return tree
    }()

    /// - Parameter standard: what has the defaults, if they can be named.
    init<Root>(_ table: [Setting<Root>], standard: Root?) {
        for setting in table { add(setting.about, standard.flatMap(setting.get), at: setting.about.path[...]) }
    }

    private init() {}

    private mutating func add(_ about: SettingDescription, _ standard: String?, at path: ArraySlice<String>) {
        guard let name = path.first else { return }
        let rest = path.dropFirst()
        guard !rest.isEmpty else { return nodes.append((name, .setting(about, standard: standard))) }
        if let index = nodes.firstIndex(where: { $0.name == name }), case .group(var group) = nodes[index].node {
            group.add(about, standard, at: rest)
            nodes[index].node = .group(group)
        } else {
            var group = SettingTree()
            group.add(about, standard, at: rest)
            nodes.append((name, .group(group)))
        }
    }

    subscript(_ name: String) -> Node? { nodes.first { $0.name == name }?.node }

    /// All settings in it with their whole keys; those within lists without what leads to the list.
    var settings: [(about: SettingDescription, standard: String?)] {
        nodes.flatMap { _, node -> [(about: SettingDescription, standard: String?)] in
            switch node {
            case .setting(let about, let standard): [(about, standard)]
            case .group(let group): group.settings
            case .list(_, let about): [(about, "[]")]
            }
        }
    }
}

extension TopicSettings {
    static let nameDescription = SettingDescription(
        key: "name",
        flag: nil,
        isSecret: false,
        isLive: true,
        purpose: "The part of the topics' names before the first colon, or the name of a topic that has none.",
        meaning: "a name without a colon",
        schema: #""type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[^:]+$""#,
        isList: false
    )

    static let listDescription = SettingDescription(
        key: "namespaces",
        flag: nil,
        isSecret: false,
        isLive: true,
        purpose:
            """
            Topics with rules of their own, by the part of their names before the first colon. What a \
            namespace does not say is as topics has it.
            """,
        meaning: "a list of objects, each with a name",
        schema: "",
        isList: false
    )
}
