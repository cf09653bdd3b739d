import NIOCore

extension Shard {
    /// Reads the logs for a session whose transport can take bytes again, until it is live, is cut again, or has had
    /// its share of the turn.
    func catchUp(_ session: Session) {
        let deliveries = tally.deliveries
        defer { tally.recovered += tally.deliveries - deliveries }
        var share = limits.bytesPerSession
        for subscription in session.subscriptions
        where !session.isHeld && subscription.isBehind && subscription.recovery == nil {
            let isLive =
                subscription.topic.topic.overflow == .latest
                ? catchUpWithLatest(subscription) : catchUp(subscription, &share)
            if session.isBusy || session.isClosed { return }
            if !isLive { enqueue(session) }
        }
        // the past can wait: no window counts for it
        for subscription in session.subscriptions {
            guard let recovery = subscription.recovery, !session.isHeld || !recovery.hasBegun else { continue }
            let isDone = recover(subscription, recovery, &share)
            if session.isBusy || session.isClosed { return }
            if !isDone { enqueue(session) }
        }
        if !session.isHeld { tellPresence(session) }
    }

    /// Returns whether the subscription is live or lost; otherwise its session is busy, or has had its share.
    private func catchUp(_ subscription: Subscription, _ share: inout Int) -> Bool {
        let topic = subscription.topic
        while subscription.cursor < topic.edge(for: subscription) {
            guard share > 0 else { return false }
            let next = subscription.cursor + 1
            guard let segment = topic.topic.segment(containing: next) else {
                overflow(subscription)
                return true
            }
            let encoded = topic.frames(of: segment, from: next, subscription.encoding)
            let last = min(segment.last, topic.edge(for: subscription))
            let frames = encoded.frame(of: next)..<encoded.frame(of: last) + 1
            share -= encoded.bytes(frames).count
            let isOpen = write(encoded, frames, to: subscription)
            topic.cursorMoved()
            guard isOpen else { return false }
        }
        becomesLive(subscription)
        return true
    }

    /// In place of the backlog: the newest message of every key that the subscription has not seen.
    private func catchUpWithLatest(_ subscription: Subscription) -> Bool {
        let topic = subscription.topic
        let start = subscription.cursor
        let edge = topic.edge(for: subscription)
        let newest = topic.topic.newest(after: start)
        // what is beyond the edge comes live, whether it is kept or not
        guard newest.lost <= edge else { return false }
        guard newest.lost <= start else {
            overflow(subscription)
            return true
        }
        if newest.hasNotices { owePresence(subscription) }
        let encoded = EncodedSegment(sparse: start + 1)
        // what is newer than the edge comes live, and with it the newest message of its key
        for entry in newest.entries where entry.number <= edge {
            let encoding = subscription.encoding
            encoding.append(entry.message, sequence: entry.number, topic: topic.topic.name, to: encoded)
        }
        let deliveries = tally.deliveries
        let isOpen = write(encoded, 0..<encoded.count, to: subscription)
        if isOpen {
            subscription.cursor = edge
            becomesLive(subscription)
        }
        tally.skipped += subscription.cursor - start - (tally.deliveries - deliveries)
        return isOpen
    }

    /// The log has left a subscription behind: what comes between is lost to it.
    func overflow(_ subscription: Subscription) {
        let session = subscription.session
        guard subscription.topic.topic.overflow != .disconnect, session.hearsNotices else {
            let topic = subscription.topic
            let position = topic.past?.position(of: subscription.cursor, delivered: topic.delivered)
            ending.append((session, .overflow(position)))
            return
        }
        subscription.cursor = subscription.topic.edge(for: subscription)
        lose(subscription, subscription.topic.pastEdge(for: subscription))
    }

    func becomesLive(_ subscription: Subscription) {
        let topic = subscription.topic
        if subscription.recovery != nil { subscription.cursor = topic.edge(for: subscription) }
        topic.catchesUp(subscription)
        if topic.behind.isEmpty { settleLater(topic) }
    }
}
