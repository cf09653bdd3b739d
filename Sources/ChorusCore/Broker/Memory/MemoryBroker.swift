import Synchronization

/// A broker for one process: the order of a topic is the order in which its log is appended to.
public final class MemoryBroker: Broker {
    private let delivery = Mutex<(any BrokerDelivery)?>(nil)

    /// Makes a broker.
    public init() {}

    /// Called by the hub.
    public func start(_ delivery: any BrokerDelivery) {
        self.delivery.withLock { $0 = delivery }
    }

    /// Delivers at once. The position is `nil`: nothing is remembered.
    public func publish(
        _ message: Message,
        to topic: TopicName,
        completion: (@Sendable (Result<Position?, ChorusError>) -> Void)?
    ) {
        delivery.withLock { $0 }?.deliver(message, to: topic)
        completion?(.success(nil))
    }
}
