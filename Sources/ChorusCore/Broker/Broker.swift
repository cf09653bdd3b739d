/// Orders messages, remembers them, and carries them to the hub, or hubs, whose sessions follow their topics.
///
/// The laws of a broker, which `BrokerConformance` of the module ChorusTesting examines:
///
/// 1. Giving a message its position, keeping it and handing it to ``BrokerDelivery/deliver(_:to:)`` are one atomic step
///    per topic: every hub sees the messages of a topic in the order of their offsets.
/// 2. Offsets of an epoch are contiguous, from 1. A stream that was lost or recreated has another epoch.
/// 3. Whatever an answer to ``history(of:keeping:_:completion:)`` shows has been delivered before: a hub that reads the
///    past from the answer and what comes later from its log misses nothing and repeats nothing.
/// 4. An answer shows all that had been delivered to the hub when it asked.
public protocol Broker: Sendable {
    /// Called once, by the hub, before anything else.
    func start(_ delivery: any BrokerDelivery)

    /// Orders a message within its topic, keeps it if the topic has a history, and delivers it.
    ///
    /// - Parameter completion: called when the message is safe, with its position if the topic has a history, or with
    ///   the reason why it was not accepted. A message that was suppressed (``PublishOptions``) has been accepted: the
    ///   position is that of the first, or of the newest. May be called before the method returns.
    func publish(_ publication: Publication, completion: (@Sendable (Result<Position?, ChorusError>) -> Void)?)

    /// Reads what a topic has kept. A topic that has nothing gets an epoch by being asked for.
    ///
    /// - Parameters:
    ///   - history: what the topic keeps.
    ///   - completion: called with the page, possibly before the method returns.
    func history(
        of topic: TopicName,
        keeping history: History,
        _ query: HistoryQuery,
        completion: @escaping @Sendable (Result<HistoryPage, ChorusError>) -> Void
    )

    /// Forgets the messages that a topic has kept, and the newest of its keys. Its epoch stays, and the next offset is
    /// the next: who has seen the newest message has missed nothing, and all others are told that they have.
    func removeHistory(of topic: TopicName, completion: @escaping @Sendable (Result<Void, ChorusError>) -> Void)
}

/// Where a broker delivers: the hub.
public protocol BrokerDelivery: Sendable {
    /// Appends a message to its topic's log. Call it for the messages of one topic one after the other, in their order.
    func deliver(_ message: Message, to topic: TopicName)
}
