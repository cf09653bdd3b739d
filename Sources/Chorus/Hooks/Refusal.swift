import WebSocketWire

/// Thrown by a hook to refuse what a client wants: a connection, a subscription, or that something is published.
public struct Refusal: Error, Sendable, Hashable {
    /// The HTTP status, 400 to 599; where a WebSocket is open already it is not used.
    public var status: Int
    /// One sentence for the client: the body of the answer, or the reason in the notice or close frame.
    public var reason: String

    /// Makes a refusal; a status outside 400 to 599 is taken as 403.
    public init(status: Int = 403, _ reason: String) {
        self.status = (400...599).contains(status) ? status : 403
        self.reason = reason
    }

    var response: HandshakeRefusal { HandshakeRefusal(status: status, reason: reason) }
}
