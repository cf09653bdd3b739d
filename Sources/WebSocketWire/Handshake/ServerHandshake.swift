public import NIOCore

/// The server's half of the opening handshake (RFC 6455 section 4.2): judges a request and answers it.
///
/// ```swift
/// let handshake = try ServerHandshake.negotiate(head, options: ServerHandshake.Options())
/// handshake.writeResponse(into: &buffer)
/// ```
public struct ServerHandshake: Sendable {
    /// What this server agrees to.
    public struct Options: Sendable {
        /// Which web pages may connect; refused with 403.
        public var origins: OriginPolicy
        /// The subprotocols this server speaks; their case matters.
        public var subprotocols: [String]
        /// Whether to agree to permessage-deflate.
        public var deflate: Bool

        /// By default pages of the same origin, no subprotocol, and deflate.
        public init(origins: OriginPolicy = .sameOrigin, subprotocols: [String] = [], deflate: Bool = true) {
            self.origins = origins
            self.subprotocols = subprotocols
            self.deflate = deflate
        }
    }

    /// The first subprotocol of the client that the server speaks too; nil when there is none, which is no error.
    public let subprotocol: String?
    /// What was agreed on for permessage-deflate; nil when messages are not to be deflated.
    public let deflate: DeflateParameters?

    let key: WebSocketKey

    init(key: WebSocketKey, subprotocol: String?, deflate: DeflateParameters?) {
        self.key = key
        self.subprotocol = subprotocol
        self.deflate = deflate
    }

    /// Appends the response 101, after which both sides send frames. `headers` are further fields of it.
    public func writeResponse(into buffer: inout ByteBuffer, headers: [HTTPHeaderField] = []) {
        buffer.reserveCapacity(minimumWritableBytes: 256)
        buffer.writeStaticString(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        )
        buffer.writeString(key.accept)
        buffer.writeStaticString("\r\n")
        if let subprotocol {
            buffer.writeHeader("Sec-WebSocket-Protocol", subprotocol)
        }
        if let deflate {
            buffer.writeHeader("Sec-WebSocket-Extensions", deflate.answerValue)
        }
        for field in headers {
            buffer.writeHeader(field.name, field.value)
        }
        buffer.writeString("\r\n")
    }
}
