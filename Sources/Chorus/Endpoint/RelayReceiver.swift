import ChorusCore
import NIOCore
import WebSocketWire

/// Relays what its clients send to a topic, and to them what is published there.
final class RelayReceiver: Receiver {
    /// What all clients of a path have in common.
    private final class Relay: Sendable {
        let hub: Hub
        /// Put before every text, as in the tutorial.
        let prefix: String
        /// Whether there is a program that may broadcast to all.
        let hearsBroadcasts: Bool

        init(hub: Hub, prefix: String, hearsBroadcasts: Bool) {
            self.hub = hub
            self.prefix = prefix
            self.hearsBroadcasts = hearsBroadcasts
        }
    }

    private let relay: Relay
    private let topic: TopicName
    private let point: StartingPoint
    let format: FrameFormat

    private init(_ relay: Relay, topic: TopicName, _ query: RelayQuery) {
        self.relay = relay
        self.topic = topic
        self.point = query.point
        self.format = query.format
    }

    /// The endpoint of a path. A topic that breaks the rules for names, or a query that nobody
    /// understands (``RelayQuery``), is refused with 400.
    ///
    /// - Parameters:
    ///   - path: its placeholder `{topic}` names the topic; without one it is `lobby`.
    ///   - prefix: put before every text.
    ///   - hearsBroadcasts: whether the clients receive the program's broadcasts too.
    static func endpoint(
        _ hub: Hub,
        at path: String,
        prefix: String = "",
        hearsBroadcasts: Bool = false
    ) -> Endpoint {
        let relay = Relay(hub: hub, prefix: prefix, hearsBroadcasts: hearsBroadcasts)
        return Endpoint(pattern: RoutePattern(path), keepsRequest: false) { request throws(HandshakeRefusal) in
            let query = try RelayQuery(request.query)
            do throws(ChorusError) {
                let topic = try TopicName(request.parameters["topic"] ?? "lobby")
                return RelayReceiver(relay, topic: topic, query)
            } catch {
                throw HandshakeRefusal(status: 400, reason: "\(error.message).")
            }
        }
    }

    func opened(_ connection: ConnectionHandler) {
        connection.session?.subscribe(to: .named(topic), from: point)
        if relay.hearsBroadcasts { connection.session?.subscribe(to: relay.hub.everyoneTopic) }
    }

    func received(_ message: Message, on connection: ConnectionHandler) -> Pace {
        guard let session = connection.session else { return .go }
        var message = message
        if !relay.prefix.isEmpty, message.kind == .text {
            var text = ByteBuffer(string: relay.prefix)
            text.writeImmutableBuffer(message.payload)
            message.payload = text
        }
        return relay.hub.publish(message, to: topic, from: session)
    }

    func pace(of connection: ConnectionHandler) -> Pace { relay.hub.pace(of: topic) }

    func closed(_ connection: ConnectionHandler, _ reason: CloseReason) {}
}
