/// Where a subscription begins.
public enum StartingPoint: Hashable, Sendable {
    /// With what is published from now on.
    case now
    /// With the last so many messages that the topic has kept.
    case last(Int)
    /// With the newest message of every key that the topic keeps (``Namespace/latest``), in the order in which they
    /// were published, and then with what is published.
    case latest
    /// With what came after a message that the client has seen. If that is not all there any more, it is told so.
    case since(Position)
}

/// How a subscription that wanted to begin in the past has begun, or what became of one that was reading it. A client
/// that remembers the position, and then those of the messages that it receives, can always come back with it.
public enum SubscriptionStart: Hashable, Sendable {
    /// Everything after this position follows, without a gap.
    case recovering(from: Position)
    /// The newest message of every key up to this position follows, and then everything after it.
    case latest(upTo: Position)
    /// What the client has not seen up to this position is lost to it; what comes after follows. `nil` in a topic
    /// without history.
    case gap(upTo: Position?)
}
