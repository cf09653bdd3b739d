public import NIOCore

/// What a connection token says, once it has been verified: who a client is, and until when.
///
/// A backend makes such tokens, and its clients show them when they connect. The claims they are read from are those of
/// Centrifugo (`docs/tokens.md` in the source).
public struct ConnectionToken: Sendable, Hashable {
    /// Who the client is (`sub`); empty for somebody anonymous.
    public var user: String
    /// When a connection that is opened with it expires, in seconds since 1970: `expire_at`, or `exp` without one.
    /// `nil` for never.
    public var expiresAt: Int64?
    /// The token's own name (`jti`), by which it can be revoked.
    public var id: String?
    /// When it was made (`iat`), in seconds since 1970.
    public var issuedAt: Int64?
    /// What presence and join notices say of the client (`info`, or `b64info`): one JSON value.
    public var info: ByteBuffer?
    /// The topics that the client gets by connecting (`channels`, `subs`), each of them once.
    public var subscriptions: [ServerSubscription]
    /// For programs with a ``TokenVerifier`` of their own (`meta`): one JSON value. Nothing else looks at it.
    public var meta: ByteBuffer?

    /// Makes the contents of a token; everything has a default.
    public init(
        user: String = "",
        expiresAt: Int64? = nil,
        id: String? = nil,
        issuedAt: Int64? = nil,
        info: ByteBuffer? = nil,
        subscriptions: [ServerSubscription] = [],
        meta: ByteBuffer? = nil
    ) {
        self.user = user
        self.expiresAt = expiresAt
        self.id = id
        self.issuedAt = issuedAt
        self.info = info
        self.subscriptions = subscriptions
        self.meta = meta
    }
}
