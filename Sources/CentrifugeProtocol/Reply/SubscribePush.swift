public import NIOCore

/// What a client is told when the server has subscribed it to a channel.
public struct SubscribePush: Hashable, Sendable {
    /// Whether the client may come back with its position.
    public var recoverable: Bool
    /// The stream that `offset` belongs to.
    public var epoch: String
    /// The position behind which all publications follow.
    public var offset: UInt64
    /// Whether the server watches that no publication is missed.
    public var positioned: Bool
    /// From the server's program.
    public var data: ByteBuffer?

    /// A push with these fields; zero values are not sent.
    public init(
        recoverable: Bool = false,
        epoch: String = "",
        offset: UInt64 = 0,
        positioned: Bool = false,
        data: ByteBuffer? = nil
    ) {
        self.recoverable = recoverable
        self.epoch = epoch
        self.offset = offset
        self.positioned = positioned
        self.data = data
    }
}
