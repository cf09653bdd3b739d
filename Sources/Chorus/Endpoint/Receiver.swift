import ChorusCore
import WebSocketWire

/// What an endpoint does for one of its connections. Called on the connection's event loop.
protocol Receiver: AnyObject {
    /// What the client subscribes to by connecting.
    var subscribesTo: TopicName? { get }

    /// The connection is open.
    func opened(_ connection: ConnectionHandler, _ admission: Admission)

    /// A message came in. Returns whether, and how long, to stop reading.
    func received(_ message: Message, on connection: ConnectionHandler) -> Pace

    /// After a pause because an event loop was behind: whether to go on.
    func pace(of connection: ConnectionHandler) -> Pace

    /// How what the client receives is put into frames.
    var format: MessageFormat { get }

    /// Whether what a client had sent before it hung up is of use to anybody.
    var wantsLastWords: Bool { get }

    /// The program has taken the client out of a topic.
    func unsubscribed(_ connection: ConnectionHandler)

    /// The client has gone; what it had sent before is still to come, and then the end.
    func hungUp(_ connection: ConnectionHandler, _ reason: CloseReason)

    /// The connection has ended. Called once.
    func closed(_ connection: ConnectionHandler, _ reason: CloseReason)
}

extension Receiver {
    var subscribesTo: TopicName? { nil }

    var format: MessageFormat { .plain }

    func unsubscribed(_ connection: ConnectionHandler) {}

    var wantsLastWords: Bool { true }

    func hungUp(_ connection: ConnectionHandler, _ reason: CloseReason) {}
}

/// A path that takes WebSocket connections.
struct Endpoint: Sendable {
    let pattern: RoutePattern
    /// Whether the receiver keeps the request; if not, the client's address need not be found out.
    var keepsRequest = true
    /// Makes the receiver for a request, or says why it is refused.
    let admit: @Sendable (ConnectRequest) throws(HandshakeRefusal) -> any Receiver
}
