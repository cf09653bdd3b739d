public import NIOCore

/// The client's half of the opening handshake (RFC 6455 section 4.1): writes a request and judges the answer.
///
/// ```swift
/// var handshake = ClientHandshake(host: "example.com", target: "/ws")
/// handshake.writeRequest(into: &buffer)
/// // … then with everything received so far, until it is not nil:
/// let answer = try handshake.parse(received)
/// ```
public struct ClientHandshake: Sendable {
    /// What the server agreed to.
    public struct ServerAnswer: Sendable {
        /// One of those that were asked for; nil when the server chose none.
        public let subprotocol: String?
        /// What was agreed on for permessage-deflate; nil when messages are not to be deflated.
        public let deflate: DeflateParameters?
        /// All fields of the response.
        public let headers: [HTTPHeaderField]
    }

    let host: String
    let target: String
    let headers: [HTTPHeaderField]
    let subprotocols: [String]
    let deflate: Bool
    let key: WebSocketKey
    var response: HTTPResponseHeadParser

    /// A handshake for one connection.
    ///
    /// `host` is what the `Host` header says, with the port unless it is the default one; `target` is the path and
    /// the query, percent-encoded; `headers` are further fields; `key` is sixteen bytes nobody can guess.
    public init(
        host: String,
        target: String,
        headers: [HTTPHeaderField] = [],
        subprotocols: [String] = [],
        deflate: Bool = false,
        key: SIMD16<UInt8> = .random(in: .min ... .max)
    ) {
        self.host = host
        self.target = target
        self.headers = headers
        self.subprotocols = subprotocols
        self.deflate = deflate
        self.key = WebSocketKey(bytes: key)
        response = HTTPResponseHeadParser()
    }

    /// Appends the request.
    public func writeRequest(into buffer: inout ByteBuffer) {
        buffer.writeString("GET ")
        buffer.writeSafely(target.isEmpty ? "/" : target)
        buffer.writeString(" HTTP/1.1\r\n")
        buffer.writeHeader("Host", host)
        buffer.writeHeader("Upgrade", "websocket")
        buffer.writeHeader("Connection", "Upgrade")
        buffer.writeHeader("Sec-WebSocket-Version", "13")
        buffer.writeHeader("Sec-WebSocket-Key", key.text)
        if !subprotocols.isEmpty {
            buffer.writeHeader("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", "))
        }
        if deflate {
            buffer.writeHeader("Sec-WebSocket-Extensions", DeflateParameters.offerValue)
        }
        for field in headers {
            buffer.writeHeader(field.name, field.value)
        }
        buffer.writeString("\r\n")
    }
}
