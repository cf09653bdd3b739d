import ChorusCore
import Synchronization

/// A broker whose answers about the past come when a test says so, as from another machine. What they say is of the
/// moment of the question.
final class LateBroker: Broker {
    let base = MemoryBroker()
    private let answers = Mutex<[@Sendable () -> Void]>([])

    func start(_ delivery: any BrokerDelivery) { base.start(delivery) }

    func publish(_ publication: Publication, completion: (@Sendable (Result<Position?, ChorusError>) -> Void)?) {
        base.publish(publication, completion: completion)
    }

    func history(
        of topic: TopicName,
        keeping history: History,
        _ query: HistoryQuery,
        completion: @escaping @Sendable (Result<HistoryPage, ChorusError>) -> Void
    ) {
        base.history(of: topic, keeping: history, query) { result in
            self.answers.withLock { $0.append { completion(result) } }
        }
    }

    func removeHistory(of topic: TopicName, completion: @escaping @Sendable (Result<Void, ChorusError>) -> Void) {
        base.removeHistory(of: topic, completion: completion)
    }

    /// Gives the oldest answer; returns whether there was one.
    @discardableResult
    func answer() -> Bool {
        let answer = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        answer?()
        return answer != nil
    }
}
