extension Hub {
    /// Takes other namespaces in place of all that it has. Throws ``ChorusError/Code/invalidConfiguration`` when they
    /// make no sense (``Configuration/validate()``); nothing changes then.
    ///
    /// From then on the new rules say who may publish and subscribe, what payloads may be, and how much is kept. What
    /// topics are made for stays, in a topic that somebody follows, until nobody does: whether it has a history, newest
    /// values and presence, its window, and what happens to readers that are behind. Its subscribers could not be told
    /// otherwise.
    ///
    /// Every change costs the memory of the rules before, which are kept for those who may be reading them: it is for
    /// changes that people make, and not for each new customer.
    public func reconfigure(defaults: Namespace, namespaces: [Namespace]) throws(ChorusError) {
        try Configuration(defaults: defaults, namespaces: namespaces).validate()
        rules.replace { configuration in
            configuration.defaults = defaults
            configuration.namespaces = namespaces
        } make: {
            NamespaceTable($0, isReplacement: true, make: makeNamespace)
        }
    }

    /// What the broker is to keep of a topic that something is published to; `nil` for nothing.
    func kept(of topic: TopicName) -> History? {
        let table = namespaces
        let kept = table[topic].kept
        guard table.isReplacement, let followed = topics.find(topic) else { return kept }
        let before = followed.namespace.kept
        let isOfSameKind =
            (kept == nil) == (before == nil) && (kept?.latest == nil) == (before?.latest == nil)
            && (kept?.count == 0) == (before?.count == 0)
        return isOfSameKind ? kept : before
    }
}
