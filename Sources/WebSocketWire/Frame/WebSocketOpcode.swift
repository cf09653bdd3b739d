/// What a frame is, as its header says (RFC 6455 section 11.8). The values in between are reserved and refused.
public enum WebSocketOpcode: UInt8, Sendable, CaseIterable {
    /// A later fragment of the data message that is under way.
    case continuation = 0
    /// A text message, or its first fragment.
    case text = 1
    /// A binary message, or its first fragment.
    case binary = 2
    /// The closing handshake.
    case close = 8
    /// A question whether the peer is still there; answered with a pong that carries the same bytes.
    case ping = 9
    /// The answer to a ping, or an unasked sign of life.
    case pong = 10

    /// Whether this is a close, ping or pong: at most 125 bytes, never fragmented, allowed between the fragments
    /// of a message (RFC 6455 section 5.5).
    public var isControl: Bool { rawValue >= 8 }
}
