import ChorusCore

extension LiveTopic {
    /// A topic of its own.
    convenience init(name: String = "test", _ options: Namespace = Namespace(), budget: MemoryBudget) {
        let namespace = TopicNamespace(options, broker: MemoryBroker(), presence: MemoryPresence(), budget: budget)
        self.init(name: name, in: namespace)
    }
}
