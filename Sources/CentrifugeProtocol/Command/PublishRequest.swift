public import NIOCore

/// What a client publishes.
public struct PublishRequest: Hashable, Sendable {
    /// The channel's name.
    public var channel: String
    /// The payload: one JSON value in ``CentrifugeFormat/json``, any bytes in ``CentrifugeFormat/protobuf``. Empty
    /// where the command had none.
    public var data: ByteBuffer
    /// 0 for a stream, 1 for a map.
    public var type: Int32
    /// The entry of a map that this is about.
    public var key: String
    /// Whether that entry is removed.
    public var removed: Bool

    /// A request with these fields; what is left out is as if the client had not sent it.
    public init(
        channel: String = "",
        data: ByteBuffer = ByteBuffer(),
        type: Int32 = 0,
        key: String = "",
        removed: Bool = false
    ) {
        self.channel = channel
        self.data = data
        self.type = type
        self.key = key
        self.removed = removed
    }
}
