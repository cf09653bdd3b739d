/// Why a connection has to end because of what the peer sent: the code and the reason for the close frame.
public struct WebSocketFailure: Error, Hashable, Sendable {
    /// What to put in the close frame.
    public var code: WebSocketCloseCode
    /// A short, plain sentence for the developer at the other end.
    public var reason: String

    /// A failure that ends the connection with `code` and `reason`.
    public init(code: WebSocketCloseCode, reason: String) {
        self.code = code
        self.reason = reason
    }

    static func protocolError(_ reason: String) -> Self {
        Self(code: .protocolError, reason: reason)
    }

    static func invalidPayload(_ reason: String) -> Self {
        Self(code: .invalidPayload, reason: reason)
    }

    static var messageTooBig: Self {
        Self(code: .messageTooBig, reason: "message is too big")
    }
}
