import NIOCore
import Synchronization

extension Hub {
    /// How long ``publish(_:to:_:)`` waits for event loops that are behind before it gives up.
    private static let patience = TimeAmount.seconds(5)

    /// Publishes a message to everybody who follows the topic; returns when it has been accepted.
    ///
    /// Waits while readers are behind (a topic's publishers are slowed down to what its readers take, to no less than a
    /// window in 100 ms). Throws ``ChorusError/Code/overloaded`` when an event loop has been behind by the whole window
    /// for 5 seconds, or the task is cancelled while it waits for that; the message was not published then. Throws
    /// ``ChorusError/Code/messageTooLarge`` when its payload is larger than the namespace allows.
    ///
    /// - Parameter options: how it is recognised when it is published again, and whether it is kept.
    /// - Returns: the message's position, if the topic has a history.
    @discardableResult
    public func publish(
        _ message: Message,
        to topic: TopicName,
        _ options: PublishOptions = PublishOptions()
    ) async throws(ChorusError) -> Position? {
        if let limit = namespaces[topic].options.messageSize, message.payload.readableBytes > limit {
            throw ChorusError(.messageTooLarge, "a message to \(topic) has at most \(limit) bytes")
        }
        let deadline = NIODeadline.now() + Hub.patience
        while case .full(let time) = topics.find(topic)?.pace ?? .go {
            guard NIODeadline.now() < deadline, !Task.isCancelled else {
                throw ChorusError(.overloaded, "\(topic) has more on its way than can be delivered; try again later")
            }
            try? await Task.sleep(for: .nanoseconds(time.nanoseconds))
        }
        let result = await withUnsafeContinuation { continuation in
            accept(message, to: topic, options) { continuation.resume(returning: $0) }
        }
        if case .wait(let time) = topics.find(topic)?.charge(message.cost) ?? .go {
            try? await Task.sleep(for: .nanoseconds(time.nanoseconds))
        }
        return try result.get()
    }

    /// Publishes text. Waits and throws as ``publish(_:to:_:)``.
    @discardableResult
    public func publish(_ text: String, to topic: TopicName) async throws(ChorusError) -> Position? {
        try await publish(Message(text), to: topic)
    }

    /// Publishes from a session's thread, and says how long the session is to stop reading.
    ///
    /// - Parameter completion: told what became of it, possibly before this returns.
    package func publish(
        _ message: Message,
        to topic: TopicName,
        from session: Session,
        completion: (@Sendable (Result<Position?, ChorusError>) -> Void)? = nil
    ) -> Pace {
        accept(message, to: topic, PublishOptions(), completion)
        return topics.find(topic)?.charge(message.cost) ?? .go
    }

    /// Publishes if that can be done at once, and says how long the publisher is to wait before it publishes more. `nil`
    /// when it cannot: an event loop is behind by the whole window, or the message is larger than the namespace allows.
    package func offer(_ message: Message, to topic: TopicName) -> Pace? {
        if let limit = namespaces[topic].options.messageSize, message.payload.readableBytes > limit { return nil }
        if case .full = pace(of: topic) { return nil }
        accept(message, to: topic, PublishOptions(), nil)
        return topics.find(topic)?.charge(message.cost) ?? .go
    }

    /// Whether publishers of the topic may go on.
    package func pace(of topic: TopicName) -> Pace { topics.find(topic)?.pace ?? .go }

    private func accept(
        _ message: Message,
        to topic: TopicName,
        _ options: PublishOptions,
        _ completion: (@Sendable (Result<Position?, ChorusError>) -> Void)?
    ) {
        published.add(1, ordering: .relaxed)
        var message = message
        message.time = WallClock.milliseconds
        let kept = kept(of: topic)
        broker.publish(Publication(message, to: topic, history: kept, options: options), completion: completion)
    }
}
