public import NIOCore

/// Which channel a client wants to receive, from where on, and how.
public struct SubscribeRequest: Hashable, Sendable {
    /// The channel's name.
    public var channel: String
    /// The subscription token, a JWT; empty without one.
    public var token: String
    /// Whether what was published behind `offset` of `epoch` is wanted first.
    public var recover: Bool
    /// The stream that `offset` belongs to; empty for any.
    public var epoch: String
    /// The last publication that the client has; 0 for none.
    public var offset: UInt64
    /// For the server's program.
    public var data: ByteBuffer?
    /// Whether the server shall watch that no publication is missed.
    public var positioned: Bool
    /// Whether the subscription shall be recoverable.
    public var recoverable: Bool
    /// Whether to be told who comes and goes.
    public var joinLeave: Bool
    /// The kind of delta that the client can apply: `fossil`, or empty for none.
    public var delta: String
    /// Whether only some publications are wanted, by their tags. The filter itself is not read.
    public var hasTagsFilter: Bool
    /// Bit 0: a number may stand for the channel's name. Bit 1: error 112 is wanted where recovery fails.
    public var flag: Int64
    /// 0 for a stream, 1 to 3 for maps, 4 for a shared poll.
    public var type: Int32

    /// A request with these fields; what is left out is as if the client had not sent it.
    public init(
        channel: String = "",
        token: String = "",
        recover: Bool = false,
        epoch: String = "",
        offset: UInt64 = 0,
        data: ByteBuffer? = nil,
        positioned: Bool = false,
        recoverable: Bool = false,
        joinLeave: Bool = false,
        delta: String = "",
        hasTagsFilter: Bool = false,
        flag: Int64 = 0,
        type: Int32 = 0
    ) {
        self.channel = channel
        self.token = token
        self.recover = recover
        self.epoch = epoch
        self.offset = offset
        self.data = data
        self.positioned = positioned
        self.recoverable = recoverable
        self.joinLeave = joinLeave
        self.delta = delta
        self.hasTagsFilter = hasTagsFilter
        self.flag = flag
        self.type = type
    }
}
