/// Which part of a topic's history is wanted.
public struct HistoryQuery: Hashable, Sendable {
    /// Messages after this offset, or before it in reverse; `nil` for from the oldest, or the newest.
    public var offset: UInt64?
    /// The most messages.
    public var limit: Int
    /// The most bytes of payloads; at least one message is given, if there is one.
    public var bytes: Int
    /// From newer to older. Not for the newest messages of keys.
    public var isReverse: Bool
    /// Only the newest message of every key, in the order of their offsets; in a topic that keeps these
    /// (``History/latest``).
    public var isLatest: Bool

    /// Makes a query.
    public init(
        offset: UInt64? = nil,
        limit: Int,
        bytes: Int = 16 << 20,
        isReverse: Bool = false,
        isLatest: Bool = false
    ) {
        self.offset = offset
        self.limit = max(0, limit)
        self.bytes = max(1, bytes)
        self.isReverse = isReverse
        self.isLatest = isLatest
    }
}

/// A part of what a topic has kept.
public struct HistoryPage: Hashable, Sendable {
    /// Where the topic is: its epoch, and the offset of its newest message; 0 before the first.
    public var position: Position
    /// The offset of the oldest message that is kept; one more than the newest when nothing is.
    public var first: UInt64
    /// The messages, in the order that was asked for.
    public var messages: [Message]

    /// Makes a page.
    public init(position: Position, first: UInt64, messages: [Message]) {
        self.position = position
        self.first = first
        self.messages = messages
    }
}
