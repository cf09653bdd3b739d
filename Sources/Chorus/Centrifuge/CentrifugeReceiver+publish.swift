import CentrifugeProtocol
import ChorusCore
import JSONWire
import NIOCore

extension CentrifugeReceiver {
    func publish(
        _ command: Command,
        _ request: CentrifugeProtocol.PublishRequest,
        _ connection: ConnectionHandler
    ) {
        guard let session = connection.session else { return }
        let id = command.id
        guard let topic = try? TopicName(request.channel), request.data.readableBytes > 0 else {
            return reply(id, .badRequest, connection)
        }
        guard request.type == 0 else { return reply(id, .notAvailable, connection) }
        guard hub.knows(topic) else { return reply(id, .unknownChannel, connection) }
        let isSubscribed = place(of: request.channel) != nil
        if !isSubscribed, case .others = hub.audience(of: topic, session.user) {
            return refuse(id, .notPermitted, connection)
        }
        if case .full(let time) = hub.pace(of: topic) {
            held = .command(command, topic)
            return connection.hold(.full(time))
        }
        let namespace = hub.namespace(of: topic)
        guard var message = Message(request.data, from: wire, isOnlyJSON: namespace.payload == .json) else {
            return refuse(id, .notJSON("the payload is none"), connection)
        }
        if let refusal = namespace.refusal(of: message, from: session.user, isSubscribed: isSubscribed) {
            return refuse(id, refusal, connection)
        }
        if namespace.namesPublishers { message.from = publisher(session) }
        guard let hook = connection.loop.core.hooks.onPublish else {
            return publish(id, message, to: topic, session, connection)
        }
        let question = PublishRequest(message: message, topic: topic, session: session.id, user: session.user)
        ask(size: request.data.readableBytes, connection) {
            try await hook(question)
        } answered: { receiver, connection, answer in
            switch answer {
            case .success(let message):
                let namespace = receiver.hub.namespace(of: topic)
                if let refusal = namespace.refusal(of: message, from: session.user, isSubscribed: isSubscribed) {
                    return receiver.refuse(id, refusal, connection)
                }
                receiver.publish(id, message, to: topic, session, connection)
            case .failure(let error):
                connection.loop.counters.refuse(PublishRefusal(error))
                receiver.reply(id, CommandError(connection.logged(error)), connection)
            }
        }
    }

    /// What the client wanted to publish is not published.
    private func refuse(_ id: UInt32, _ refusal: PublishRefusal, _ connection: ConnectionHandler) {
        connection.loop.counters.refuse(refusal)
        reply(id, CommandError(refusal), connection)
    }

    /// Publishes what has been decided on, as soon as that may be, and answers when it has been accepted: mostly at once.
    func publish(
        _ id: UInt32,
        _ message: Message,
        to topic: TopicName,
        _ session: Session,
        _ connection: ConnectionHandler
    ) {
        if case .full(let time) = hub.pace(of: topic) {
            held = .message(id, message, topic)
            return connection.hold(.full(time))
        }
        let eventLoop = connection.loop.eventLoop
        let bound = NIOLoopBound((self, connection), eventLoop: eventLoop)
        let pace = hub.publish(message, to: topic, from: session) { result in
            if eventLoop.inEventLoop {
                bound.value.0.published(id, result, bound.value.1)
            } else {
                eventLoop.execute { bound.value.0.published(id, result, bound.value.1) }
            }
        }
        connection.hold(pace)
    }

    private func published(
        _ id: UInt32,
        _ result: Result<Position?, ChorusError>,
        _ connection: ConnectionHandler
    ) {
        switch result {
        case .success: reply(id, .publish, connection)
        case .failure(let error): reply(id, CommandError(error), connection)
        }
    }

    private func publisher(_ session: Session) -> Publisher {
        if let publisher { return publisher }
        let member = Member(id: session.id.description, user: session.user, connectionInfo: connectionInfo)
        let new = Publisher(member)
        publisher = new
        return new
    }
}

extension CommandError {
    fileprivate init(_ refusal: PublishRefusal) {
        switch refusal.code {
        case "not_permitted": self = .permissionDenied
        case "message_too_large": self = CommandError(code: 107, message: refusal.reason)
        default: self = .badRequest
        }
    }
}

extension Message {
    /// What a client has sent as a payload: a JSON string is a text, other JSON is taken as it is, and what is no JSON,
    /// as only a Protobuf client can send it, is binary. `nil` where that may not be.
    ///
    /// - Parameter isOnlyJSON: whether the topic takes nothing else.
    init?(_ data: ByteBuffer, from wire: CentrifugeFormat, isOnlyJSON: Bool) {
        // a slice keeps all of its frame
        let data = data.storageCapacity > 2 * data.readableBytes + 64 ? ByteBuffer(bytes: data.readableBytesView) : data
        // what a JSON client sends has been checked with its frame, and is one line, unless it is a string that is to be read
        if wire == .json, data.readableBytesView.first != UInt8(ascii: "\"") {
            self.init(.json, data)
            return
        }
        guard let value = try? JSONValue(data) else {
            guard !isOnlyJSON else { return nil }
            self.init(.binary, data)
            return
        }
        if let string = value.string {
            self.init(string)
        } else {
            // one line, as it is for those who read lines
            self.init(.json, data.hasLines ? value.compact : data)
        }
    }
}

extension ByteBuffer {
    /// Whether something in it breaks lines.
    fileprivate var hasLines: Bool {
        withUnsafeReadableBytes { bytes in
            bytes.contains { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        }
    }
}
