import ChorusCore
import NIOCore
import WebSocketWire

/// Relays what its clients send to a topic, and to them what is published there.
final class RelayReceiver: Receiver {
    private let hub: Hub
    private let topic: TopicName
    /// Put before every text, as in the tutorial.
    private let prefix: String

    init(hub: Hub, topic: TopicName, prefix: String = "") {
        self.hub = hub
        self.topic = topic
        self.prefix = prefix
    }

    /// `/ws`: the topic `lobby`; every text is relayed as `Message: …`.
    static func lobby(_ hub: Hub, _ topic: TopicName) -> Endpoint {
        Endpoint(pattern: RoutePattern("/ws")) { _ in RelayReceiver(hub: hub, topic: topic, prefix: "Message: ") }
    }

    /// `/ws/{topic}`: any topic, unchanged. A bad name is refused with 400.
    static func topics(_ hub: Hub) -> Endpoint {
        Endpoint(pattern: RoutePattern("/ws/{topic}")) { request throws(HandshakeRefusal) in
            do throws(ChorusError) {
                return RelayReceiver(hub: hub, topic: try TopicName(request.parameters["topic"] ?? ""))
            } catch {
                throw HandshakeRefusal(status: 400, reason: "\(error.message).")
            }
        }
    }

    func opened(_ connection: ConnectionHandler) {
        connection.session?.subscribe(to: .named(topic))
    }

    func received(_ message: Message, on connection: ConnectionHandler) -> Pace {
        guard let session = connection.session else { return .go }
        var message = message
        if !prefix.isEmpty, message.kind == .text {
            var text = ByteBuffer(string: prefix)
            text.writeImmutableBuffer(message.payload)
            message.payload = text
        }
        return hub.publish(message, to: topic, from: session)
    }

    func pace(of connection: ConnectionHandler) -> Pace { hub.pace(of: topic) }

    func closed(_ connection: ConnectionHandler, _ reason: CloseReason) {}
}
