/// The hub as its broker and its presence see it. It does not keep the hub alive, which keeps the broker.
struct HubDelivery: BrokerDelivery, PresenceDelivery {
    private weak let hub: Hub?

    init(hub: Hub) { self.hub = hub }

    func deliver(_ notice: PresenceNotice, to topic: TopicName) { deliver(Message(notice), to: topic) }

    func deliver(_ message: Message, to topic: TopicName) {
        // a topic that is retired between look-up and append has a successor, or nobody follows it
        while let found = hub?.topics.find(topic), !found.append(message) {}
    }
}
