public import NIOCore

/// How a client follows a topic, where the program or a token says so.
public struct FollowTerms: Hashable, Sendable {
    /// What presence says of it there: one JSON value.
    public var info: ByteBuffer?
    /// What the client is given with the news that it follows the topic: one JSON value.
    public var data: ByteBuffer?
    /// What came after this is sent first.
    public var since: Position?
    /// When it ends, in seconds since 1970; `nil` for never.
    public var expiresAt: Int64?
    /// In what it is different from what the namespace says.
    public var overrides: SubscriptionOverrides

    /// Makes terms; everything has a default.
    public init(
        info: ByteBuffer? = nil,
        data: ByteBuffer? = nil,
        since: Position? = nil,
        expiresAt: Int64? = nil,
        overrides: SubscriptionOverrides = SubscriptionOverrides()
    ) {
        self.info = info
        self.data = data
        self.since = since
        self.expiresAt = expiresAt
        self.overrides = overrides
    }
}
