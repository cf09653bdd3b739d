extension Hub {
    /// What a hub's topics keep and how much. Every value has a default that suits a server of a few gigabytes.
    public struct Configuration: Sendable {
        /// What holds for topics without a namespace of their own, and for broadcasts.
        public var defaults: Namespace
        /// Topics that are configured by the part of their name before the first `:`, or by their whole name if they
        /// have none. Default none.
        public var namespaces: [Namespace]
        /// Whether there are topics that begin with another namespace than these and a `:`; ``defaults`` holds for them.
        /// Default yes. If not, clients and the HTTP API are told that there is no such topic.
        public var allowsUnknownNamespaces: Bool
        /// The most bytes that all topics together keep for readers that are behind. Default 256 MiB.
        public var memoryBudget: Int
        /// How much may wait for one client alone. Default 128 messages, 64 KiB.
        public var outbox: OutboxLimits
        /// What stands in a topic's name before the users that it is meant for, separated by commas: with `#`, only
        /// clients of users 42 and 43 may follow `dialog#42,43`, or publish to it. Default `nil`: nothing.
        public var userSeparator: Character?
        /// What the names of topics begin with that clients may follow only with a token for that topic. Default `nil`:
        /// nothing.
        public var privatePrefix: String?

        /// Makes a configuration.
        public init(
            defaults: Namespace = Namespace(),
            namespaces: [Namespace] = [],
            allowsUnknownNamespaces: Bool = true,
            memoryBudget: Int = 256 << 20,
            outbox: OutboxLimits = OutboxLimits(),
            userSeparator: Character? = nil,
            privatePrefix: String? = nil
        ) {
            self.defaults = defaults
            self.namespaces = namespaces
            self.allowsUnknownNamespaces = allowsUnknownNamespaces
            self.memoryBudget = memoryBudget
            self.outbox = outbox
            self.userSeparator = userSeparator
            self.privatePrefix = privatePrefix
        }

        /// Throws ``ChorusError/Code/invalidConfiguration`` when a namespace has a name that no topic's namespace can
        /// have, or one that another has too, or a value that makes no sense. A hub takes no such configuration.
        public func validate() throws(ChorusError) {
            var names: Set<String> = []
            for namespace in [defaults] + namespaces { try namespace.validate() }
            for name in namespaces.map(\.name) {
                do throws(ChorusError) {
                    let topic = try TopicName(name)
                    guard topic.namespace == nil else {
                        throw ChorusError(.invalidConfiguration, "a namespace's name has no colon")
                    }
                } catch {
                    throw ChorusError(.invalidConfiguration, "\"\(name)\" cannot be a namespace", cause: error)
                }
                guard names.insert(name).inserted else {
                    throw ChorusError(.invalidConfiguration, "there are two namespaces \"\(name)\"")
                }
            }
        }
    }
}
