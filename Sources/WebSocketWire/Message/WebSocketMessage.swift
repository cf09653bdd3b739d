public import NIOCore

/// A whole data message: its fragments joined, unmasked and inflated.
public struct WebSocketMessage: Sendable, Hashable {
    /// What a message's bytes are (RFC 6455 section 5.6).
    public enum Kind: Sendable, Hashable {
        /// UTF-8; a reader has checked it.
        case text
        /// Any bytes.
        case binary
    }

    /// Text or binary.
    public var kind: Kind
    /// The bytes, in a buffer of their own that shares nothing with the receive buffer.
    public var payload: ByteBuffer

    /// A message of `kind` with the readable bytes of `payload`.
    public init(kind: Kind, payload: ByteBuffer) {
        self.kind = kind
        self.payload = payload
    }
}
