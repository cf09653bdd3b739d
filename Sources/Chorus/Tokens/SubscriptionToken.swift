public import NIOCore

/// What a subscription token says, once it has been verified: that a user may subscribe to a topic, and until when.
public struct SubscriptionToken: Sendable, Hashable {
    /// Who may subscribe (`sub`), which must be who the connection's client is; empty for somebody anonymous.
    public var user: String
    /// To what (`channel`).
    public var topic: String
    /// The only connection that may use it (`client`); `nil` for any of the user's.
    public var client: String?
    /// When the subscription expires, in seconds since 1970: `expire_at`, or `exp` without one. `nil` for never.
    public var expiresAt: Int64?
    /// The token's own name (`jti`), by which it can be revoked.
    public var id: String?
    /// When it was made (`iat`), in seconds since 1970.
    public var issuedAt: Int64?
    /// What presence says of the client in this topic (`info`, or `b64info`): one JSON value.
    public var info: ByteBuffer?
    /// What the client is told when it is subscribed (`data`, or `b64data`): one JSON value.
    public var data: ByteBuffer?
    /// In what the subscription is different from what its namespace says (`override`).
    public var overrides: SubscriptionOverrides

    /// Makes the contents of a token; all but user and topic has a default.
    public init(
        user: String,
        topic: String,
        client: String? = nil,
        expiresAt: Int64? = nil,
        id: String? = nil,
        issuedAt: Int64? = nil,
        info: ByteBuffer? = nil,
        data: ByteBuffer? = nil,
        overrides: SubscriptionOverrides = SubscriptionOverrides()
    ) {
        self.user = user
        self.topic = topic
        self.client = client
        self.expiresAt = expiresAt
        self.id = id
        self.issuedAt = issuedAt
        self.info = info
        self.data = data
        self.overrides = overrides
    }
}
