/// Where the past of a topic is read.
package final class TopicHistory: Sendable {
    private let broker: any Broker
    private let topic: TopicName
    private let history: History

    package init(broker: any Broker, topic: TopicName, history: History) {
        self.broker = broker
        self.topic = topic
        self.history = history
    }

    func read(_ query: HistoryQuery, completion: @escaping @Sendable (Result<HistoryPage, ChorusError>) -> Void) {
        broker.history(of: topic, keeping: history, query, completion: completion)
    }
}
