public import WebSocketWire

/// How a connection ended.
public struct CloseReason: Sendable {
    /// Who ended it.
    public enum Party: Sendable, Hashable {
        /// The server sent the first close frame.
        case peer
        /// This side did: by `close`, by releasing the connection, or because the server broke the protocol.
        case local
        /// Nobody did: it was cut, reset, or did not answer.
        case network
    }

    /// The code of the first close frame; ``WebSocketWire/WebSocketCloseCode/noStatus`` if it had none, and
    /// ``WebSocketWire/WebSocketCloseCode/abnormal`` if there was no close frame.
    public let code: WebSocketCloseCode
    /// What came, or went, with the code.
    public let reason: String
    /// Who ended the connection.
    public let endedBy: Party
    /// What went wrong underneath, if anything did.
    public let error: WebSocketClientError?

    /// Makes a reason.
    public init(
        code: WebSocketCloseCode,
        reason: String,
        endedBy: Party,
        error: WebSocketClientError? = nil
    ) {
        self.code = code
        self.reason = reason
        self.endedBy = endedBy
        self.error = error
    }

    /// The end of a connection that nobody closed.
    static func lost(_ error: WebSocketClientError) -> CloseReason {
        CloseReason(code: .abnormal, reason: "", endedBy: .network, error: error)
    }
}

extension CloseReason: CustomStringConvertible {
    /// The code, the reason and the party, as in `1001 going away (peer)`.
    public var description: String {
        [String(code.rawValue), reason, "(\(endedBy))"].filter { !$0.isEmpty }.joined(separator: " ")
    }
}
