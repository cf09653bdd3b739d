public import ChorusCore
import Synchronization

extension Client {
    /// Publishes to a topic and returns at once, where nothing can be awaited: in callbacks of
    /// ``BroadcastServer/onMessage(_:format:_:)``. The order of the calls is the order of the topic.
    ///
    /// The client pays for it: its next message waits while readers of the topic are behind, as with the endpoints that
    /// relay by themselves. Of several topics with such readers it waits for one at a time.
    ///
    /// - Parameter topic: of the hub of this client's server.
    /// - Returns: whether it was accepted. It is not while an event loop is behind by the topic's whole window, which a
    ///   client that publishes to one topic never finds unless others do too, nor when the payload is larger than the
    ///   topic's namespace allows. Nothing was published then.
    @discardableResult
    public func publish(_ message: Message, to topic: Topic) -> Bool {
        let pace = hub.offer(message, to: topic.name)
        if pace != .go { slowingTopic.withLock { $0 = $0 ?? topic.name } }
        return pace != nil
    }

    /// Publishes text to a topic and returns at once. Returns whether it was accepted.
    @discardableResult
    public func publish(_ text: String, to topic: Topic) -> Bool { publish(Message(text), to: topic) }

    /// Whether more is to be taken from the client: not while those are behind to whom it makes the program send.
    var pace: Pace {
        let pace = slowingTopic.withLock { topic -> Pace in
            let pace = topic.map { hub.pace(of: $0) } ?? .go
            if pace == .go { topic = nil }
            return pace
        }
        return pace == .go ? hub.broadcastPace : pace
    }
}
