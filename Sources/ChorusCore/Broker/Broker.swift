/// Orders messages and carries them to the hub, or hubs, whose sessions follow their topics.
///
/// The law of a broker: giving a message its place and handing it to ``BrokerDelivery/deliver(_:to:)`` are one atomic
/// step per topic, so that every hub sees the messages of a topic in the same order.
public protocol Broker: Sendable {
    /// Called once, by the hub, before anything else.
    func start(_ delivery: any BrokerDelivery)

    /// Orders a message within its topic and delivers it.
    ///
    /// - Parameter completion: called when the message is safe, with its position if the topic has a history, or with
    ///   the reason why it was not accepted. May be called before the method returns.
    func publish(
        _ message: Message,
        to topic: TopicName,
        completion: (@Sendable (Result<Position?, ChorusError>) -> Void)?
    )
}

/// Where a broker delivers: the hub.
public protocol BrokerDelivery: Sendable {
    /// Appends a message to its topic's log. Call it for the messages of one topic one after the other, in their order.
    func deliver(_ message: Message, to topic: TopicName)
}
