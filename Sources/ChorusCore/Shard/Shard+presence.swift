import NIOCore

/// Who is subscribed is known by the hub's ``Presence``; a shard tells it of its own sessions, and tells its own sessions of
/// what it knows. What happens later comes to them through the log.
extension Shard {
    /// A session has subscribed.
    func isPresent(_ subscription: Subscription, _ member: () -> Member) {
        guard let (presence, topic, options) = presence(of: subscription) else { return }
        presence.join(member(), to: topic, options)
    }

    /// It has no longer.
    func isAbsent(_ subscription: Subscription) {
        guard let (presence, topic, options) = presence(of: subscription) else { return }
        presence.leave(subscription.session.id.description, from: topic, options)
    }

    /// Tells a session who is there: at its beginning, and after everything that it has missed. From here on it is told of
    /// what changes.
    func tellPresence(_ subscription: Subscription) {
        guard subscription.session.hearsNotices, let (presence, topic, options) = presence(of: subscription),
            options.isTold
        else { return }
        let confined = Confined((shard: self, subscription: subscription), to: executor)
        let query = PresenceQuery(limit: options.listLimit, isTold: true)
        presence.state(of: topic, query) { [executor] result in
            guard case .success(let state) = result else { return }
            let tell: @Sendable () -> Void = {
                let (shard, subscription) = confined.value
                shard.tell(subscription, state)
            }
            if executor.isCurrent { tell() } else { executor.execute(tell) }
        }
    }

    private func tell(_ subscription: Subscription, _ state: PresenceState) {
        let session = subscription.session
        guard !session.isClosed, subscription.rosterIndex >= 0 else { return }
        let notice = Message(.present(state.members, state.count))
        session.send(session.encoding.frame(notice, topic: subscription.topic.topic.name), isReply: false)
    }

    private func presence(of subscription: Subscription) -> (any Presence, TopicName, PresenceOptions)? {
        let topic = subscription.topic.topic
        guard topic.options.presence.isOn, !topic.name.isEmpty else { return nil }
        return (topic.namespace.presence, TopicName(known: topic.name), topic.options.presence)
    }
}
