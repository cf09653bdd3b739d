extension Hub {
    /// What a hub's topics keep and how much. Every value has a default that suits a server of a few gigabytes.
    public struct Configuration: Sendable {
        /// How far a reader may be behind in topics without a namespace of their own. Default 16,384 messages, 2 MiB.
        public var window: Window
        /// What happens there to a reader that is behind. Default ``OverflowPolicy/disconnect``.
        public var overflow: OverflowPolicy
        /// What is kept there for those who come late or come back. Default nothing.
        public var history: History?
        /// The most bytes that all topics together keep for readers that are behind. Default 256 MiB.
        public var memoryBudget: Int
        /// How much may wait for one client alone. Default 128 messages, 64 KiB.
        public var outbox: OutboxLimits
        /// Topics that are configured by the part of their name before the first `:`, or by their whole name if they have
        /// none. Default none.
        public var namespaces: [Namespace]

        /// Makes a configuration.
        public init(
            window: Window = Window(),
            overflow: OverflowPolicy = .disconnect,
            history: History? = nil,
            memoryBudget: Int = 256 << 20,
            outbox: OutboxLimits = OutboxLimits(),
            namespaces: [Namespace] = []
        ) {
            self.window = window
            self.overflow = overflow
            self.history = history
            self.memoryBudget = memoryBudget
            self.outbox = outbox
            self.namespaces = namespaces
        }

        package func namespace(of name: TopicName) -> Namespace {
            guard !namespaces.isEmpty else {
                return Namespace("", window: window, overflow: overflow, history: history)
            }
            let key = name.namespace ?? name.description[...]
            return namespaces.first { $0.name == key }
                ?? Namespace("", window: window, overflow: overflow, history: history)
        }
    }
}
