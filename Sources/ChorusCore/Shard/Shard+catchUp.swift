import NIOCore

extension Shard {
    /// The most bytes that one session is given per turn while it catches up.
    private static let bytesPerTurn = 256 << 10

    /// Reads the logs for a session whose transport can take bytes again, until it is live, is cut again, or has had
    /// its share of the turn.
    func catchUp(_ session: Session) {
        for subscription in session.subscriptions where subscription.isBehind {
            let isLive =
                subscription.topic.topic.overflow == .latest
                ? catchUpWithLatest(subscription) : catchUp(subscription)
            if session.isBusy || session.isClosed { return }
            if !isLive { enqueue(session) }
        }
    }

    /// Returns whether the subscription is live; otherwise its session is busy, or has had its share.
    private func catchUp(_ subscription: Subscription) -> Bool {
        let topic = subscription.topic
        var share = Shard.bytesPerTurn
        while subscription.cursor < topic.edge(for: subscription) {
            guard share > 0 else { return false }
            let next = subscription.cursor + 1
            guard let segment = topic.topic.segment(containing: next) else {
                ending.append((subscription.session, .overflow))
                return true
            }
            let encoded = self.encoded(segment, from: next, subscription.session.encoding, topic)
            let last = min(segment.last, topic.edge(for: subscription))
            let frames = encoded.frame(of: next)..<encoded.frame(of: last) + 1
            share -= encoded.bytes(frames).count
            counters.recovered += UInt64(frames.count)
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
        let edge = topic.edge(for: subscription)
        let newest = topic.topic.latest(after: subscription.cursor).filter { $0.sequence <= edge }
        let encoded = EncodedSegment(sparse: subscription.cursor + 1)
        for (sequence, message) in newest {
            append(message, sequence, to: encoded, subscription.session.encoding, topic.topic.name)
        }
        let behind = edge - subscription.cursor
        guard write(encoded, 0..<encoded.count, to: subscription) else { return false }
        counters.recovered += UInt64(encoded.count)
        counters.skipped += behind - min(behind, UInt64(encoded.count))
        subscription.cursor = edge
        becomesLive(subscription)
        return true
    }

    private func becomesLive(_ subscription: Subscription) {
        let topic = subscription.topic
        topic.catchesUp(subscription)
        guard topic.behind.isEmpty else { return }
        topic.topic.settle(topic.interest, delivered: topic.delivered, floor: topic.floor)
    }
}
