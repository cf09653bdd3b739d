import ChorusCore
import NIOCore
import Synchronization

/// A broker under test, and what it has delivered.
final class BrokerProbe: BrokerDelivery {
    let broker: any Broker
    private let messages = Mutex<[TopicName: [Message]]>([:])

    init(_ broker: any Broker) {
        self.broker = broker
        broker.start(self)
    }

    func deliver(_ message: Message, to topic: TopicName) {
        messages.withLock { $0[topic, default: []].append(message) }
    }

    /// What has been delivered to a topic, in order.
    func delivered(_ topic: String) throws -> [Message] {
        let topic = try TopicName(topic)
        return messages.withLock { $0[topic] ?? [] }
    }

    /// Waits until so many messages have been delivered to a topic.
    func delivered(_ topic: String, count: Int) async throws -> [Message] {
        try await withTimeout(10, "\(count) deliveries to \(topic)") {
            // a broker delivers on whatever thread it likes, and says so to nobody
            while try self.delivered(topic).count < count { try await Task.sleep(for: .milliseconds(1)) }
            return try self.delivered(topic)
        }
    }

    @discardableResult
    func publish(
        _ message: Message,
        to topic: String,
        keeping history: History? = .last(100),
        _ options: PublishOptions = PublishOptions()
    ) async throws -> Position? {
        let publication = Publication(message, to: try TopicName(topic), history: history, options: options)
        return try await withCheckedThrowingContinuation { continuation in
            broker.publish(publication) { continuation.resume(with: $0) }
        }
    }

    func history(
        _ topic: String,
        keeping history: History = .last(100),
        _ query: HistoryQuery = HistoryQuery(limit: 1000)
    ) async throws -> HistoryPage {
        let topic = try TopicName(topic)
        return try await withCheckedThrowingContinuation { continuation in
            broker.history(of: topic, keeping: history, query) { continuation.resume(with: $0) }
        }
    }

    func removeHistory(_ topic: String) async throws {
        let topic = try TopicName(topic)
        try await withCheckedThrowingContinuation { continuation in
            broker.removeHistory(of: topic) { continuation.resume(with: $0) }
        }
    }
}

extension [Message] {
    var texts: [String] { map(\.text) }
    var offsets: [UInt64] { map { $0.position?.offset ?? 0 } }
}
