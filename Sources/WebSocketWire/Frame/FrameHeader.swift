/// The two to fourteen bytes in front of a frame's payload (RFC 6455 section 5.2), already judged.
struct FrameHeader: Sendable {
    var opcode: WebSocketOpcode
    var isFinal: Bool
    /// RSV1 was set: the message that this frame begins is deflated (RFC 7692 section 6).
    var isCompressed: Bool
    /// In bytes. At most what ``FrameRules`` has room for.
    var payloadSize: Int
    /// Zero for a frame without a mask, which unmasks to itself.
    var mask: FrameMask
    /// The bytes of the header itself.
    var size: Int

    /// Two fixed bytes, eight of length and four of mask.
    static let maximumSize = 14
}
