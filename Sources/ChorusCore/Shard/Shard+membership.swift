import NIOCore

extension Shard {
    /// Enters a session into a topic's roster. Its cursor is what this shard has delivered, not the log's head: what is
    /// between the two reaches it with everybody else in the next turn.
    ///
    /// - Parameter member: who is present with it; nobody where that is `nil`.
    func join(
        _ session: Session,
        _ reference: TopicReference,
        from point: StartingPoint,
        variant: UInt8,
        _ member: () -> Member?
    ) {
        let local = self.local(reference)
        guard !session.subscriptions.contains(where: { $0.topic === local }) else { return }
        let subscription = Subscription(session: session, topic: local, cursor: local.delivered, variant: variant)
        local.add(subscription)
        session.add(subscription)
        if !session.hearsOfItself { isPresent(subscription, member) }
        if point == .now { beginsLive(subscription) } else { recoverLater(subscription, from: point) }
        owePresence(subscription)
        guard session.hearsOfItself else { return }
        if let recovery = subscription.recovery { recovery.arrival = member() } else { arrives(subscription, member()) }
    }

    /// Takes a subscription that its session has let go of out of its topic. May happen at any time, also while the
    /// session, or another, is being written to.
    func leave(_ subscription: Subscription) {
        let local = subscription.topic
        let wasBehind = subscription.isBehind
        local.remove(subscription)
        isAbsent(subscription)
        guard local.roster.isEmpty else {
            if wasBehind, local.behind.isEmpty { settleLater(local) }
            return
        }
        slots[Int(local.slot)] = nil
        freeSlots.append(local.slot)
        if local.topic.leave(local.interest) { topicTable.release(local.topic) }
    }

    private func local(_ reference: TopicReference) -> ShardTopic {
        while true {
            let topic = topicTable.resolve(reference)
            if let slot = topic.slot(of: mailbox), let local = slots[Int(slot)] { return local }
            let slot = freeSlots.popLast() ?? Int32(slots.count)
            if Int(slot) == slots.count { slots.append(nil) }
            guard let (interest, head) = topic.join(mailbox, slot: slot) else {
                freeSlots.append(slot)
                continue
            }
            let local = ShardTopic(
                topic: topic,
                slot: slot,
                interest: interest,
                delivered: head
            )
            slots[Int(slot)] = local
            return local
        }
    }
}
