import ChorusCore
import NIOCore
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

    /// How what the client receives is put into frames, if that is one of the plain formats.
    var format: MessageFormat { get }

    /// What the format is called where connections are listed.
    var formatName: String { get }

    /// What the client calls itself, in protocols in which it says so.
    var application: (name: String, version: String)? { get }

    /// What the topics' messages are encoded with.
    ///
    /// - Parameter windowBits: the window for compressed frames; 0 for none.
    func encoding(windowBits: Int) -> Encoding

    /// Whether the client can be told of what it has missed.
    var hearsNotices: Bool { get }

    /// Whether the client is told who is there when a subscription begins.
    var hearsPresence: Bool { get }

    /// When the client is asked whether it is there, and given up; `nil` for never.
    func keepAlive(of connection: ConnectionHandler) -> BroadcastServer.KeepAlive?

    /// What asks the client whether it is there, as frames.
    func ping(_ connection: ConnectionHandler) -> ByteBuffer

    /// The last words when this side ends the connection; `nil` for none.
    func words(for end: ConnectionEnd) -> (WebSocketCloseCode, String)?

    /// A subscription has begun, or something of it is lost.
    func subscriptionBegan(_ topic: String, _ start: SubscriptionStart, on connection: ConnectionHandler)

    /// The program wants the client to follow a topic. Returns whether it does from now on.
    func follow(_ topic: TopicName, _ terms: FollowTerms, on connection: ConnectionHandler) -> Bool

    /// The program says anew how long the connection may last, and what is said of it.
    func refresh(until time: Int64?, info: ByteBuffer?, on connection: ConnectionHandler)

    /// The program has taken the client out of a topic.
    func subscriptionEnded(_ topic: String, on connection: ConnectionHandler)

    /// Reading goes on after a pause: what the receiver itself has kept comes first.
    func goOn(_ connection: ConnectionHandler)

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

    var wantsLastWords: Bool { true }

    func hungUp(_ connection: ConnectionHandler, _ reason: CloseReason) {}
}

/// A path that takes WebSocket connections.
struct Endpoint: Sendable {
    let pattern: RoutePattern
    /// The subprotocols that it speaks; one of them may be missing.
    var subprotocols: [String] = []
    /// Whether the receiver keeps the request; if not, the client's address need not be found out.
    var keepsRequest = true
    /// Whether it is for the request to have the client's token; if not, the client shows it later.
    var takesTokens = true
    /// Makes the receiver for a request, or says why it is refused.
    let admit: @Sendable (ConnectRequest) throws(HandshakeRefusal) -> any Receiver
}
