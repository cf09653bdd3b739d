public import WebSocketWire

/// Why a connection could not be opened or used, with a code that programs can compare and a sentence for people.
///
/// Codes may be added in any release, so a `switch` over them needs a `default`.
public struct WebSocketClientError: Error, Sendable {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name as it appears in logs and documentation.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// The URL is not one of a WebSocket, or has a part that cannot be used.
        public static let invalidURL = Code("invalid_url")
        /// A header field or a subprotocol of the configuration cannot be sent, or a TLS setting cannot be used.
        public static let invalidConfiguration = Code("invalid_configuration")
        /// Nobody listens at the address.
        public static let connectionRefused = Code("connection_refused")
        /// The address cannot be resolved or reached.
        public static let cannotConnect = Code("cannot_connect")
        /// There was no answer in time: to the connection attempt, to a ping, or to the close frame.
        public static let timedOut = Code("timed_out")
        /// The server answered with another status than 101; ``WebSocketClientError/response`` has it.
        public static let handshakeRefused = Code("handshake_refused")
        /// TLS failed, most often because the certificate is not trusted.
        public static let tls = Code("tls")
        /// The server broke the rules of HTTP or of the WebSocket protocol.
        public static let protocolError = Code("protocol_error")
        /// The connection is closed, or closing, and nothing can be sent on it.
        public static let connectionClosed = Code("connection_closed")
        /// The task that waited was cancelled.
        public static let cancelled = Code("cancelled")
    }

    /// What the server answered instead of opening a WebSocket.
    public struct Response: Sendable, Hashable {
        /// The HTTP status code.
        public let status: Int
        /// The header fields; `Location` and `Retry-After` are often worth a look.
        public let headers: [HTTPHeaderField]
        /// What arrived of the body by the time it was clear that this is a refusal, usually its first 512 bytes.
        public let body: String
    }

    /// What kind of failure it is.
    public let code: Code
    /// One sentence that says what failed.
    public let message: String
    /// The error that led to this one, if there is one.
    public let cause: (any Error)?
    /// The answer of a server that refused the handshake.
    public let response: Response?

    /// Makes an error.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil, response: Response? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.response = response
    }
}

extension WebSocketClientError: CustomStringConvertible {
    /// The code, the sentence and the cause on one line.
    public var description: String {
        cause.map { "\(code): \(message) (\($0))" } ?? "\(code): \(message)"
    }
}
