/// Where a subscription begins.
public enum StartingPoint: Hashable, Sendable {
    /// With what is published from now on.
    case now
    /// With the last so many messages that the topic has kept.
    case last(Int)
    /// With the newest message of every key that the topic keeps (``Namespace/latest``), in the order in which they
    /// were published, and then with what is published.
    case latest
    /// With those of them that came after a message that the client has seen; with all if the topic is not the one that
    /// it was.
    case latestSince(Position)
    /// With what came after a message that the client has seen. If that is not all there any more, it is told so, and
    /// begins with the last `orLast` messages that it has not seen. Who cannot be told ends instead.
    case since(Position, orLast: Int = 0)

    /// It is about the newest messages of keys.
    var isLatest: Bool {
        switch self {
        case .latest, .latestSince: true
        case .now, .last, .since: false
        }
    }

    /// Behind which offset the newest messages of keys begin that are wanted of a topic.
    func latestStart(_ edge: Position) -> UInt64 {
        guard case .latestSince(let seen) = self, seen.isIn(edge.epoch), seen.offset <= edge.offset else { return 0 }
        return seen.offset
    }
}

/// How a subscription has begun, or what became of one that was reading the past. A client that remembers the position,
/// and then those of the messages that it receives, can always come back with it.
///
/// The past ends at the edge, an offset: what comes up to there was published before, what comes after it is new.
public enum SubscriptionStart: Hashable, Sendable {
    /// What is published from now on follows.
    case live
    /// Everything after this position follows, without a gap.
    case recovering(from: Position, edge: UInt64)
    /// The newest message of every key up to this position follows, and then everything after it.
    case latest(upTo: Position)
    /// What the client has not seen up to this position is lost to it; what comes after follows. `nil` in a topic
    /// without history.
    case gap(upTo: Position?, edge: UInt64?)
}
