import ArgumentParser
import Chorus
import ChorusCore
import NIOCore

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

    @Option(help: "How many keys a topic of --latest keeps; beyond it, those with the newest messages.")
    var latestKeys = 10_000

    @Flag(inversion: .prefixedNo, help: "Know who is subscribed, and tell clients of ?format=json. /ws has none.")
    var presence = true

    @Option(help: "How many messages a reader may be behind before it is closed with 1013.")
    var windowMessages = 16_384

    @Option(help: "How many bytes a reader may be behind.")
    var windowBytes = 2 << 20

    @Option(help: "How many bytes all topics together keep for readers that are behind.")
    var memoryBudget = 256 << 20

    @Option(help: "How many messages a topic keeps for those who come late or come back; 0 for none. /ws keeps none.")
    var historyMessages = 1000

    @Option(help: "Seconds that a topic keeps them.")
    var historyAge = 600.0

    @Option(help: "How many bytes of them a topic keeps.")
    var historyBytes = 16 << 20

    @Option(help: "About how many bytes of them all topics together keep; beyond it each topic keeps its share.")
    var historyMemory = 512 << 20

    func validate() throws {
        let counts = [
            ("--window-messages", windowMessages), ("--window-bytes", windowBytes), ("--memory-budget", memoryBudget),
            ("--history-bytes", historyBytes), ("--history-memory", historyMemory), ("--latest-keys", latestKeys),
        ]
        for (name, value) in counts where value < 1 { throw ValidationError("\(name) is at least 1.") }
        guard !isClosed || publishable.isEmpty else {
            throw ValidationError("--publish and --no-publish exclude each other.")
        }
        guard historyMessages >= 0 else { throw ValidationError("--history-messages is at least 0.") }
        guard (0.001...86_400).contains(historyAge) else {
            throw ValidationError("--history-age is a number of seconds up to a day.")
        }
        do throws(ChorusError) {
            try configuration(outbox: OutboxLimits(), isLocal: true, []).validate()
        } catch {
            throw ValidationError("--publish, --latest, --json: \(error.message).")
        }
    }

    /// - Parameters:
    ///   - isLocal: whether only this machine can connect.
    ///   - others: namespaces that are not the user's. Their clients may publish as everywhere else.
    func hub(outbox: OutboxLimits, isLocal: Bool, _ others: [Namespace]) -> Hub {
        Hub(
            configuration: configuration(outbox: outbox, isLocal: isLocal, others),
            broker: MemoryBroker(memoryLimit: historyMemory)
        )
    }

    /// Where clients may publish, in words.
    ///
    /// - Parameter others: namespaces with rules of their own.
    func publishing(isLocal: Bool, _ others: [Namespace]) -> String {
        if isClosed { return "nowhere" }
        if isOpen(isLocal) {
            let closed = others.filter { $0.publishers == .server && !publishable.contains($0.name) }.map(\.name)
            return closed.isEmpty ? "everywhere" : "everywhere but in \(closed.joined(separator: ", "))"
        }
        return publishable.isEmpty ? "nowhere: see --publish" : "to \(publishable.joined(separator: ", "))"
    }

    private func isOpen(_ isLocal: Bool) -> Bool {
        !isClosed && (publishable.isEmpty ? isLocal : publishable.contains("*"))
    }

    private func configuration(outbox: OutboxLimits, isLocal: Bool, _ others: [Namespace]) -> Hub.Configuration {
        let isOpen = isOpen(isLocal)
        let taken = others.map(\.name) + ["*", "lobby"]
        var names: [String] = []
        for name in publishable + latest + json where !taken.contains(name) && !names.contains(name) {
            names.append(name)
        }
        let others = others.map { other in
            var other = other
            if publishable.contains(other.name) {
                other.publishers = .anyone
            } else if !isOpen {
                other.publishers = .server
            }
            other.window = window
            if !presence { other.presence = false }
            return other
        }
        let isLobbyOpen = isOpen || publishable.contains("lobby")
        return Hub.Configuration(
            defaults: namespace("", isOpen),
            // everybody's topic, the tutorial's, remembers nothing
            namespaces: [Namespace("lobby", window: window, publishers: isLobbyOpen ? .anyone : .server)]
                + names.map { namespace($0, isOpen || publishable.contains($0)) } + others,
            memoryBudget: memoryBudget,
            outbox: outbox
        )
    }

    private func namespace(_ name: String, _ isOpen: Bool) -> Namespace {
        let history = History(count: historyMessages, age: .seconds(historyAge), bytes: historyBytes)
        let keepsLatest = latest.contains(name)
        return Namespace(
            name,
            history: historyMessages > 0 ? history : nil,
            latest: keepsLatest ? Latest(keys: latestKeys) : nil,
            presence: PresenceOptions(booleanLiteral: presence),
            window: window,
            overflow: keepsLatest ? .latest : .disconnect,
            publishers: isOpen ? .anyone : .server,
            payload: json.contains(name) ? .json : .any
        )
    }

    private var window: Window { Window(messages: windowMessages, bytes: windowBytes) }
}
