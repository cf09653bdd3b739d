extension BroadcastServer {
    /// The endpoints of the stand-alone server: `/ws`, the tutorial's, and `/ws/{topic}` for any topic.
    package func relayTopics() {
        add(RelayReceiver.endpoint(hub, at: "/ws", prefix: "Message: "))
        add(RelayReceiver.endpoint(hub, at: "/ws/{topic}"))
    }

    /// Relays what clients of `path` send to the topic that stands for `{topic}`, or to `lobby`. They receive
    /// ``broadcast(_:except:)`` too.
    public func relay(at path: String) {
        add(RelayReceiver.endpoint(hub, at: path, hearsBroadcasts: true))
    }

    /// `/echo`: every message back to its sender.
    package func echo() { add(EchoReceiver.endpoint) }
}
