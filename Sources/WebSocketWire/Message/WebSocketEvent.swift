public import NIOCore

/// What a reader found in the bytes of a connection.
public enum WebSocketEvent: Sendable, Hashable {
    /// A whole message.
    case message(WebSocketMessage)
    /// To be answered with a pong of the same bytes, at most 125 (RFC 6455 section 5.5.2).
    case ping(ByteBuffer)
    /// An answer to a ping, or an unasked one (RFC 6455 section 5.5.3).
    case pong(ByteBuffer)
    /// The peer closes. The code is nil when its frame was empty. Answer with a close frame, unless one was sent.
    case close(WebSocketCloseCode?, reason: String)
    /// The peer broke a rule. Send a close frame with this and end the connection (RFC 6455 section 7.1.7).
    case failure(WebSocketFailure)
}
