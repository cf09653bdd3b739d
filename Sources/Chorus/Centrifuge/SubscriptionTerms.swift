import NIOCore

/// What has been decided of a subscription.
struct SubscriptionTerms {
    /// What presence is to say of the client there.
    var info: ByteBuffer?
    /// When it expires, in seconds since 1970.
    var expiresAt: Int64?
    var overrides = SubscriptionOverrides()
    /// What the client is given with the answer.
    var data: ByteBuffer?
}
