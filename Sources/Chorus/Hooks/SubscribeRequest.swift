public import ChorusCore
public import NIOCore

/// A client wants to subscribe to a topic that it has chosen.
public struct SubscribeRequest: Sendable {
    /// The topic.
    public let topic: TopicName
    /// What a client of the Centrifuge protocol says with it: JSON in UTF-8, or whatever a Protobuf client has sent.
    /// `nil` where it says nothing; clients of other protocols cannot.
    public let data: ByteBuffer?
    /// The request that opened, or is about to open, the connection; ``ConnectRequest/user`` is who it is.
    public let connection: ConnectRequest
}

/// That a client may subscribe, and how.
public struct SubscribeReply: Sendable {
    private var info: (any Encodable & Sendable)?

    /// It may.
    public static var allowed: SubscribeReply { SubscribeReply() }

    /// It may, and presence says this of it: a value that becomes JSON of at most 1 KiB.
    public static func allowed(info: some Encodable & Sendable) -> SubscribeReply { SubscribeReply(info: info) }

    func encoded() throws(ChorusError) -> ByteBuffer? {
        guard let info else { return nil }
        return try Member.encoded(info)
    }
}

/// A client wants to publish to a topic that it has chosen.
public struct PublishRequest: Sendable {
    /// What.
    public let message: Message
    /// Where.
    public let topic: TopicName
    /// The client's session.
    public let session: SessionID
    /// Who it is; `nil` if nobody has said.
    public let user: String?
}
