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
    let format: MessageFormat
    /// How many messages have come in.
    private var count: UInt32 = 0
    private var stage: Stage

    private enum Stage {
        /// It is not open yet, and has asked for this.
        case opening(RelayQuery)
        case open
        /// As whom it publishes, where that is told: made with its first message, or when something is said of it.
        case publishing(Publisher)
    }

    private init(_ relay: Relay, topic: TopicName, _ query: RelayQuery) {
        self.relay = relay
        self.topic = topic
        self.stage = .opening(query)
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
            let topic: TopicName
            do throws(ChorusError) {
                topic = try TopicName(request.parameters["topic"] ?? "lobby")
            } catch {
                throw HandshakeRefusal(status: 400, reason: "\(error.message).")
            }
            guard hub.knows(topic) else { throw HandshakeRefusal(status: 404, reason: "There is no such topic.") }
            return RelayReceiver(relay, topic: topic, try RelayQuery(request.query, in: hub.namespace(of: topic)))
        }
    }

    var subscribesTo: TopicName? { topic }

    func opened(_ connection: ConnectionHandler, _ admission: Admission) {
        guard case .opening(let query) = stage else { return }
        stage = .open
        // what the program says counts, also when it says nothing
        let info = admission.isInfoDecided ? admission.info : query.info
        guard let session = connection.session else { return }
        session.subscribe(to: .named(topic), from: query.point, info: info, visibility: admission.visibility)
        if info != nil, relay.hub.namespace(of: topic).namesPublishers {
            stage = .publishing(RelayReceiver.publisher(session, info))
        }
        if relay.hearsBroadcasts { session.subscribe(to: relay.hub.everyoneTopic) }
    }

    func received(_ message: Message, on connection: ConnectionHandler) -> Pace {
        guard let session = connection.session else { return .go }
        count &+= 1
        let namespace = relay.hub.namespace(of: topic)
        var message = message
        if !relay.prefix.isEmpty, message.kind == .text {
            var text = ByteBuffer(string: relay.prefix)
            text.writeImmutableBuffer(message.payload)
            message.payload = text
        }
        do throws(PublishRefusal) {
            let namespace = relay.hub.namespace(of: topic)
            if let refusal = namespace.refusal(of: message, from: session.user, isSubscribed: true) {
                throw refusal
            }
            if namespace.payload == .json { message = try message.asJSON() }
        } catch {
            connection.refuse(error, of: Int(count), to: topic)
            return .go
        }
        if namespace.namesPublishers {
            if case .open = stage { stage = .publishing(RelayReceiver.publisher(session, nil)) }
            if case .publishing(let publisher) = stage { message.from = publisher }
        }
        guard let hook = connection.loop.core.hooks.onPublish else {
            return relay.hub.publish(message, to: topic, from: session)
        }
        let request = PublishRequest(message: message, topic: topic, session: session.id, user: session.user)
        // one byte more, so that there is always something to wait for
        connection.ask(size: message.payload.readableBytes + 1) {
            try await hook(request)
        } answered: { [weak self] connection, message in
            self?.publish(message, from: session, on: connection)
        } refused: { [count, topic] connection, refusal in
            connection.refuse(refusal, of: Int(count), to: topic)
        }
        return .go
    }

    private static func publisher(_ session: Session, _ info: ByteBuffer?) -> Publisher {
        Publisher(Member(id: session.id.description, user: session.user, info: info))
    }

    /// Publishes what the program has decided on, as soon as that may be.
    private func publish(_ message: Message, from session: Session, on connection: ConnectionHandler) {
        guard let question = connection.question else { return }
        let namespace = relay.hub.namespace(of: topic)
        if let refusal = namespace.refusal(of: message, from: session.user, isSubscribed: true) {
            connection.question = nil
            connection.refuse(refusal, of: Int(count), to: topic)
            return connection.resume(.turn)
        }
        if case .full(let time) = relay.hub.pace(of: topic) {
            let bound = NIOLoopBound((self, session, connection, question), eventLoop: connection.loop.eventLoop)
            connection.loop.eventLoop.scheduleTask(in: time) {
                let (receiver, session, connection, question) = bound.value
                if connection.question === question { receiver.publish(message, from: session, on: connection) }
            }
            return
        }
        connection.hold(relay.hub.publish(message, to: topic, from: session))
        connection.questionEnded()
    }

    func pace(of connection: ConnectionHandler) -> Pace { relay.hub.pace(of: topic) }

    func unsubscribed(_ connection: ConnectionHandler) {
        // there is nothing else on this connection
        connection.close(.disconnected, "the server has ended the subscription")
    }

    func closed(_ connection: ConnectionHandler, _ reason: CloseReason) {}
}
