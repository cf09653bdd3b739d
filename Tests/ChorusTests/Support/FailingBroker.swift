import ChorusCore
import Synchronization

/// A broker that fails while a test wants it to, as one on another machine can.
final class FailingBroker: Broker {
    private let base = MemoryBroker()
    private let failure = Mutex<ChorusError.Code?>(nil)

    /// - Parameter code: what it fails with from now on; `nil` for not at all.
    func fail(_ code: ChorusError.Code?) { failure.withLock { $0 = code } }

    private var error: ChorusError? { failure.withLock { $0 }.map { ChorusError($0, "the store has failed") } }

    func start(_ delivery: any BrokerDelivery) { base.start(delivery) }

    func publish(_ publication: Publication, completion: (@Sendable (Result<Position?, ChorusError>) -> Void)?) {
        if let error { completion?(.failure(error)) } else { base.publish(publication, completion: completion) }
    }

    func history(
        of topic: TopicName,
        keeping history: History,
        _ query: HistoryQuery,
        completion: @escaping @Sendable (Result<HistoryPage, ChorusError>) -> Void
    ) {
        guard let error else { return base.history(of: topic, keeping: history, query, completion: completion) }
        completion(.failure(error))
    }

    func removeHistory(of topic: TopicName, completion: @escaping @Sendable (Result<Void, ChorusError>) -> Void) {
        base.removeHistory(of: topic, completion: completion)
    }
}
