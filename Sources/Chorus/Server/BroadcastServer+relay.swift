package import ChorusCore

extension BroadcastServer {
    /// The endpoints of the stand-alone server: `/ws`, the tutorial's, and `/ws/{topic}` for any topic.
    package func relayTopics(lobby: TopicName) {
        add(RelayReceiver.lobby(hub, lobby))
        add(RelayReceiver.topics(hub))
    }

    /// `/echo`: every message back to its sender.
    package func echo() { add(EchoReceiver.endpoint) }
}
