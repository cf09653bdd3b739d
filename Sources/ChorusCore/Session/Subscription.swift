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
        get { packed >> 5 }
        set { packed = newValue << 5 | packed & 31 }
    }
    /// Which variant of its session's encoding it receives, below 16.
    private var variant: UInt8 {
        get { UInt8(packed >> 1 & 15) }
        set { packed = packed & ~30 | Int32(newValue) << 1 }
    }
    /// It receives a variant of its session's encoding.
    var isVariant: Bool { variant != 0 }
    /// Its variant is the one for newcomers of the next higher one: such variants have odd numbers.
    var isNewcomer: Bool { variant & 1 == 1 }
    /// What its messages are encoded with.
    var encoding: ShardEncoding { variant == 0 ? session.encoding : session.encoding.variant(variant) }
    /// Its client is to be told who is there, when it is live and has been written all that it alone was to receive.
    var owesPresence: Bool {
        get { packed & 1 == 1 }
        set { packed = packed & ~1 | (newValue ? 1 : 0) }
    }
    /// One word for three: there may be a million of these.
    private var packed: Int32
    /// Where it stands in the list of those that are behind; ``keepsUp``, or ``recovers``, if it does not.
    var behindIndex = Subscription.keepsUp

    /// It is no newcomer any more.
    func becomesRegular() { variant += 1 }

    /// It does not keep up, or is not live yet: the next live write passes it by, and it reads the log, or the past,
    /// when its transport is ready.
    var isBehind: Bool { behindIndex != Subscription.keepsUp }

    static let keepsUp: Int32 = -1
    static let recovers: Int32 = -2

    /// - Parameter variant: of its session's encoding, below 16.
    init(session: Session, topic: ShardTopic, cursor: UInt64, variant: UInt8 = 0) {
        precondition(variant < 16)
        self.packed = Int32(variant) << 1
        self.session = session
        self.topic = topic
        self.cursor = cursor
    }
}
