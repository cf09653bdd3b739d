import ArgumentParser
import Configuration

/// What topics keep, and who may publish.
struct TopicOptions: ParsableArguments {
    @Option(
        name: .customLong("publish"),
        help: ArgumentHelp(
            "Let clients publish to topics of this namespace, the part of their names before the first colon; * for all. "
                + "May be repeated. The topic of /ws is lobby. (default: all if only this machine can connect; none with "
                + "another --host, --unix, --trusted-proxy or another --origin)",
            valueName: "namespace"
        )
    )
    var publishable: [String] = []

    @Flag(name: .customLong("no-publish"), help: "Let no client publish: only the HTTP API.")
    var isClosed = false

    @Option(
        name: .customLong("latest"),
        help: ArgumentHelp(
            "Keep the newest message of every key in the topics of this namespace, for ?latest and for readers that are "
                + "too slow for the others. May be repeated.",
            valueName: "namespace"
        )
    )
    var latest: [String] = []

    @Option(
        name: .customLong("json"),
        help: ArgumentHelp(
            "Take only JSON from the clients of topics of this namespace. May be repeated.",
            valueName: "namespace"
        )
    )
    var json: [String] = []

    @Option(help: Settings.help("--latest-keys")) var latestKeys: Int?

    @Flag(inversion: .prefixedNo, help: Settings.help("--presence")) var presence: Bool?

    @Option(help: Settings.help("--window-messages")) var windowMessages: Int?

    @Option(help: Settings.help("--window-bytes")) var windowBytes: String?

    @Option(help: Settings.help("--memory-budget")) var memoryBudget: String?

    @Option(help: Settings.help("--history-messages")) var historyMessages: Int?

    @Option(help: Settings.help("--history-age")) var historyAge: String?

    @Option(help: Settings.help("--history-bytes")) var historyBytes: String?

    @Option(help: Settings.help("--history-memory")) var historyMemory: String?

    func validate() throws {
        guard !isClosed || publishable.isEmpty else {
            throw ValidationError("--publish and --no-publish exclude each other.")
        }
        for name in named.names {
            guard let reason = TopicSettings.problem(withName: name) else { continue }
            throw ValidationError("--publish, --latest, --json: \(name.quoted) cannot be a namespace: \(reason).")
        }
    }

    /// What they say of whole namespaces.
    var named: NamedNamespaces {
        var named = NamedNamespaces()
        named.publishable = publishable
        named.isClosed = isClosed
        named.latest = latest
        named.json = json
        return named
    }

    var given: [String: ConfigContent?] {
        [
            "--latest-keys": latestKeys.map(ConfigContent.int),
            "--presence": presence.map(ConfigContent.bool),
            "--window-messages": windowMessages.map(ConfigContent.int),
            "--window-bytes": windowBytes.map(ConfigContent.string),
            "--memory-budget": memoryBudget.map(ConfigContent.string),
            "--history-messages": historyMessages.map(ConfigContent.int),
            "--history-age": historyAge.map(ConfigContent.string),
            "--history-bytes": historyBytes.map(ConfigContent.string),
            "--history-memory": historyMemory.map(ConfigContent.string),
        ]
    }
}
