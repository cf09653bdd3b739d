import ChorusCore
import NIOCore
import WebSocketWire

/// What most receivers do: their clients take messages as they are, or envelopes (``MessageFormat``).
extension Receiver {
    var format: MessageFormat { .plain }

    var formatName: String { format == .envelope ? "json" : "text" }

    var application: (name: String, version: String)? { nil }

    var hearsNotices: Bool { format == .envelope }

    var hearsPresence: Bool { hearsNotices }

    func encoding(windowBits: Int) -> Encoding { .frames(format, windowBits: windowBits) }

    /// A browser answers by itself and its page does not see it, so those who read notices are told that the server is
    /// there, too.
    func ping(_ connection: ConnectionHandler) -> ByteBuffer {
        let core = connection.loop.core
        return format == .envelope ? core.pingAndHeartbeat : core.ping
    }

    func keepAlive(of connection: ConnectionHandler) -> BroadcastServer.KeepAlive? {
        connection.loop.configuration.keepAlive
    }

    func words(for end: ConnectionEnd) -> (WebSocketCloseCode, String)? { end.plainWords }

    func subscriptionBegan(_ topic: String, _ start: SubscriptionStart, on connection: ConnectionHandler) {
        guard format == .envelope else { return }
        var envelope = ByteBuffer()
        let heartbeat = connection.loop.configuration.keepAlive?.period
        Envelope.write(start, topic: topic, session: connection.session?.id, heartbeat: heartbeat, into: &envelope)
        connection.sendFrame(.text, envelope, isReply: false)
    }

    func follow(_ topic: TopicName, _ terms: FollowTerms, on connection: ConnectionHandler) -> Bool { false }

    func refresh(until time: Int64?, info: ByteBuffer?, on connection: ConnectionHandler) {}

    func subscriptionEnded(_ topic: String, on connection: ConnectionHandler) {
        if format == .envelope {
            var envelope = ByteBuffer()
            Envelope.writeUnsubscribed(topic, into: &envelope)
            connection.sendFrame(.text, envelope, isReply: false)
        }
        unsubscribed(connection)
    }

    func unsubscribed(_ connection: ConnectionHandler) {}

    func goOn(_ connection: ConnectionHandler) {}
}
