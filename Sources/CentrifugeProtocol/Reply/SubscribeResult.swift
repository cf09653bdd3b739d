public import NIOCore

/// What a client is told when it is subscribed.
public struct SubscribeResult: Hashable, Sendable {
    /// Whether the client has to refresh the subscription with a new token.
    public var expires: Bool
    /// In how many seconds.
    public var ttl: UInt32
    /// Whether the client may come back with its position.
    public var recoverable: Bool
    /// The stream that `offset` belongs to.
    public var epoch: String
    /// What the client had missed, the oldest first.
    public var publications: [Publication]
    /// Whether that is all it had missed.
    public var recovered: Bool
    /// The position behind which all publications follow, beginning with `publications`: if these are what the client
    /// had missed, the one that it came with.
    public var offset: UInt64
    /// Whether the server watches that no publication is missed.
    public var positioned: Bool
    /// From the server's program.
    public var data: ByteBuffer?
    /// Whether the client had asked to recover.
    public var wasRecovering: Bool
    /// Whether publications may come as deltas.
    public var delta: Bool

    /// A result with these fields; zero values are not sent.
    public init(
        expires: Bool = false,
        ttl: UInt32 = 0,
        recoverable: Bool = false,
        epoch: String = "",
        publications: [Publication] = [],
        recovered: Bool = false,
        offset: UInt64 = 0,
        positioned: Bool = false,
        data: ByteBuffer? = nil,
        wasRecovering: Bool = false,
        delta: Bool = false
    ) {
        self.expires = expires
        self.ttl = ttl
        self.recoverable = recoverable
        self.epoch = epoch
        self.publications = publications
        self.recovered = recovered
        self.offset = offset
        self.positioned = positioned
        self.data = data
        self.wasRecovering = wasRecovering
        self.delta = delta
    }
}
