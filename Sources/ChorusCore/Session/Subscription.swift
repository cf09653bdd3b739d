/// A session's cursor in a topic. Lives on the session's shard.
final class Subscription {
    let session: Session
    let topic: ShardTopic
    /// The sequence of the last message that the session has, or that is certain to be written next. Kept only while it
    /// is behind, or recovers: otherwise that is the shard's edge, and nothing is noted per message.
    var cursor: UInt64
    /// What it does while it reads the past; its cursor counts offsets then. `nil` otherwise.
    var recovery: Recovery?
    /// Where it stands in its topic's roster; -1 when it has left.
    var rosterIndex: Int32 {
        get { packed >> 1 }
        set { packed = newValue << 1 | packed & 1 }
    }
    /// Its client is to be told who is there, when it is live and has been written all that it alone was to receive.
    var owesPresence: Bool {
        get { packed & 1 == 1 }
        set { packed = packed & ~1 | (newValue ? 1 : 0) }
    }
    private var packed: Int32 = 0
    /// Where it stands in the list of those that are behind; ``keepsUp``, or ``recovers``, if it does not.
    var behindIndex = Subscription.keepsUp

    /// It does not keep up, or is not live yet: the next live write passes it by, and it reads the log, or the past,
    /// when its transport is ready.
    var isBehind: Bool { behindIndex != Subscription.keepsUp }

    static let keepsUp: Int32 = -1
    static let recovers: Int32 = -2

    init(session: Session, topic: ShardTopic, cursor: UInt64) {
        self.session = session
        self.topic = topic
        self.cursor = cursor
    }
}
