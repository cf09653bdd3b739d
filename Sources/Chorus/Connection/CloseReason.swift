public import WebSocketWire

/// Why a connection ended.
public struct CloseReason: Hashable, Sendable, CustomStringConvertible {
    /// Who ended it.
    public enum Initiator: Hashable, Sendable {
        /// The client sent a close frame.
        case client
        /// This server sent one: the program, a limit, or the end of the server.
        case server
        /// The connection broke or fell silent, or the client hung up before all that it sent was taken.
        case network
    }

    /// Who ended it.
    public var initiator: Initiator
    /// The close code (RFC 6455 section 7.4): 1005 when the client sent none, 1006 when there was no close frame.
    public var code: WebSocketCloseCode
    /// The words beside the code; may be empty.
    public var reason: String

    init(_ initiator: Initiator, _ code: WebSocketCloseCode, _ reason: String = "") {
        self.initiator = initiator
        self.code = code
        self.reason = reason
    }

    /// Code, initiator and words on one line.
    public var description: String { "\(code.rawValue) by \(initiator)\(reason.isEmpty ? "" : ": \(reason)")" }
}
