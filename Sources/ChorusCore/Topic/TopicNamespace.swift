import NIOCore

/// What topics of one namespace share: its options, and where their past and their members are kept.
package final class TopicNamespace: Sendable {
    let options: Namespace
    /// What the broker keeps of a topic; `nil` for nothing.
    let kept: History?
    let broker: any Broker
    let presence: any Presence
    let budget: MemoryBudget

    package init(_ options: Namespace, broker: any Broker, presence: any Presence, budget: MemoryBudget) {
        self.options = options
        self.kept = options.kept
        self.broker = broker
        self.presence = presence
        self.budget = budget
    }
}

/// The namespaces of a hub, by name.
final class NamespaceTable: Sendable {
    private let named: [Substring: TopicNamespace]
    private let other: TopicNamespace
    /// That of topics whose namespace there is not, where these are not as all others.
    private let unknown: TopicNamespace?
    private let privatePrefix: String?
    /// Whether there was another before: topics may be those of namespaces that are not here any more.
    let isReplacement: Bool

    init(_ configuration: Hub.Configuration, isReplacement: Bool = false, make: (Namespace) -> TopicNamespace) {
        self.isReplacement = isReplacement
        self.privatePrefix = configuration.privatePrefix
        var named: [Substring: TopicNamespace] = [:]
        for options in configuration.namespaces { named[options.name[...]] = make(options) }
        self.named = named
        self.other = make(configuration.defaults)
        self.unknown =
            configuration.allowsUnknownNamespaces
            ? nil : make(Namespace(recovery: .off, publishers: .server, subscribers: .server))
    }

    subscript(_ topic: TopicName) -> TopicNamespace {
        guard !named.isEmpty || unknown != nil else { return other }
        guard let privatePrefix, topic.description.hasPrefix(privatePrefix) else {
            return find(topic.namespace, of: topic.description[...])
        }
        // `$chat:1` is in `chat`
        let rest = topic.description.dropFirst(privatePrefix.count)
        return find(rest.firstIndex(of: ":").map { rest[..<$0] }, of: rest)
    }

    /// - Parameter name: what stands before the first `:`.
    private func find(_ name: Substring?, of topic: Substring) -> TopicNamespace {
        named[name ?? topic] ?? (name == nil ? nil : unknown) ?? other
    }

    /// Whether there may be such a topic.
    func knows(_ topic: TopicName) -> Bool { unknown == nil || self[topic] !== unknown }
}
