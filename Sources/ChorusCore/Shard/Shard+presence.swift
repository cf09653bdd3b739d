import NIOCore

/// Who is subscribed is known by the hub's ``Presence``; a shard tells it of its own sessions, and tells its own
/// sessions of what it knows. What happens later comes to them through the log.
extension Shard {
    /// A session has subscribed.
    func isPresent(_ subscription: Subscription, _ member: () -> Member?) {
        guard let (presence, topic, options) = presence(of: subscription), let member = member() else { return }
        presence.join(member, to: topic, options)
    }

    /// A session that hears of itself is live: what is told before that would not reach it.
    func arrives(_ subscription: Subscription, _ member: Member?) {
        guard subscription.rosterIndex >= 0 else { return }
        isPresent(subscription) { member }
    }

    /// It has no longer.
    func isAbsent(_ subscription: Subscription) {
        guard let (presence, topic, options) = presence(of: subscription) else { return }
        presence.leave(subscription.session.id.description, from: topic, options)
    }

    /// A session is to be told who is there: at its beginning, and after everything that it has missed. From then on it
    /// is told of what changes.
    func owePresence(_ subscription: Subscription) {
        guard subscription.session.hearsPresence, presence(of: subscription)?.options.isTold ?? false else { return }
        subscription.owesPresence = true
        enqueue(subscription.session)
    }

    /// Tells what a session is to be told, as long as it takes it.
    func tellPresence(_ session: Session) {
        for subscription in session.subscriptions where subscription.owesPresence && !subscription.isBehind {
            guard session.outbox.isEmpty else { return }
            askPresence(subscription)
        }
    }

    private func askPresence(_ subscription: Subscription) {
        subscription.owesPresence = false
        guard let (presence, name, options) = presence(of: subscription) else { return }
        let confined = Confined((shard: self, subscription: subscription), to: executor)
        let topic = subscription.topic.topic
        presence.state(of: name, PresenceQuery(limit: options.listLimit, isTold: true)) { [executor] result in
            guard !executor.isCurrent else {
                return confined.value.shard.tell(confined.value.subscription, result, at: nil)
            }
            let head = topic.head
            executor.execute { confined.value.shard.tell(confined.value.subscription, result, at: head) }
        }
    }

    /// - Parameter head: where the topic was when the answer was given; `nil` for now. What was delivered since must
    ///   not be undone by it.
    private func tell(_ subscription: Subscription, _ result: Result<PresenceState, ChorusError>, at head: UInt64?) {
        let session = subscription.session
        let topic = subscription.topic.topic
        guard !session.isClosed, subscription.rosterIndex >= 0 else { return }
        guard case .success(let state) = result else { return end(session, .unavailable) }
        if let head,
            subscription.isBehind
                || (subscription.topic.edge(for: subscription) > head && topic.hasNotices(after: head))
        {
            return owePresence(subscription)
        }
        let notice = Message(.present(state.members, state.count))
        session.send(subscription.encoding.frame(notice, topic: topic.name), isReply: false)
    }

    private func presence(
        of subscription: Subscription
    ) -> (presence: any Presence, topic: TopicName, options: PresenceOptions)? {
        let topic = subscription.topic.topic
        guard topic.options.presence.isOn, !topic.name.isEmpty else { return nil }
        return (topic.namespace.presence, TopicName(known: topic.name), topic.options.presence)
    }
}
