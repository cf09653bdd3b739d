public import NIOCore

/// Something that was published to a channel.
public struct Publication: Hashable, Sendable {
    /// The payload: one JSON value for JSON clients. Once delta compression is negotiated for a JSON client's
    /// subscription, this is a JSON string in all its publications: the text of the payload, or of the delta.
    public var data: ByteBuffer
    /// The client that published it; `nil` if the server did.
    public var info: ClientInfo?
    /// Its number in the channel's stream, from 1; 0 if there is none.
    public var offset: UInt64
    /// What was published besides the payload.
    public var tags: [String: String]
    /// Whether `data` is to be applied to the payload of the publication before, as
    /// ``FossilDelta/apply(_:to:maximumSize:)`` does.
    public var delta: Bool
    /// When it was published, in milliseconds since 1970; 0 if that is not said.
    public var time: Int64
    /// What it is the newest of; `nil` if there is no key.
    public var key: String?

    /// A publication with these fields.
    public init(
        data: ByteBuffer,
        info: ClientInfo? = nil,
        offset: UInt64 = 0,
        tags: [String: String] = [:],
        delta: Bool = false,
        time: Int64 = 0,
        key: String? = nil
    ) {
        self.data = data
        self.info = info
        self.offset = offset
        self.tags = tags
        self.delta = delta
        self.time = time
        self.key = key
    }
}
