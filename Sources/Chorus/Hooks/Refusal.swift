import WebSocketWire

/// Thrown by a hook to refuse a connection before it is opened.
public struct Refusal: Error, Sendable, Hashable {
    /// The HTTP status, 400 to 599.
    public var status: Int
    /// One sentence for the client, the body of the answer.
    public var reason: String

    /// Makes a refusal; a status outside 400 to 599 is taken as 403.
    public init(status: Int = 403, _ reason: String) {
        self.status = (400...599).contains(status) ? status : 403
        self.reason = reason
    }

    var response: HandshakeRefusal { HandshakeRefusal(status: status, reason: reason) }
}
