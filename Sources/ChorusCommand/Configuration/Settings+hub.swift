package import ChorusCore

extension Settings {
    /// What topics keep, and who may publish.
    ///
    /// - Parameter others: namespaces that are not the user's. Where he has one of the same name, his counts.
    package func hubConfiguration(_ others: [Namespace] = []) -> Hub.Configuration {
        var topics = topics
        named.apply(to: &topics)
        let access: Access = topics.publishers ?? (isLocal ? .anyone : .server)
        var namespaces = namespaces.map { $0.namespace(publishers: access, named) }
        func isKnown(_ name: String) -> Bool { namespaces.contains { $0.name == name } }
        // everybody's topic, the tutorial's, remembers nothing
        if !isKnown("lobby") { namespaces.insert(topics.asLobby.namespace(publishers: access, named), at: 0) }
        let foreign = others.filter { !isKnown($0.name) }.map { self.foreign($0, access) }
        for name in named.names where !isKnown(name) && !others.contains(where: { $0.name == name }) {
            namespaces.append(topics.named(name).namespace(publishers: access, named))
        }
        return Hub.Configuration(
            defaults: topics.namespace(publishers: access),
            namespaces: namespaces + foreign,
            allowsUnknownNamespaces: allowsUnknownNamespaces,
            memoryBudget: memory.readers,
            outbox: OutboxLimits(messages: limits.outboxMessages, bytes: limits.outboxBytes),
            userSeparator: centrifuge.userSeparator.first,
            privatePrefix: centrifuge.privatePrefix.isEmpty ? nil : centrifuge.privatePrefix
        )
    }

    /// A namespace with rules of its own, within what is said of all topics.
    private func foreign(_ namespace: Namespace, _ access: Access) -> Namespace {
        var namespace = namespace
        if named.publishable.contains(namespace.name) {
            namespace.publishers = .anyone
        } else if namespace.publishers != .server, access != .anyone {
            namespace.publishers = access
        }
        namespace.window = Window(messages: topics.windowMessages, bytes: topics.windowBytes)
        if !topics.presence { namespace.presence = false }
        return namespace
    }
}

extension TopicSettings {
    /// - Parameters:
    ///   - standard: who may publish where nothing is said of it.
    ///   - named: what options say of it.
    fileprivate func namespace(publishers standard: Access, _ named: NamedNamespaces) -> Namespace {
        var settings = self
        named.apply(toNamed: &settings)
        return settings.namespace(publishers: standard)
    }
}
