import NIOCore

extension Shard {
    /// Writes what is new on a topic to everybody who keeps up. Returns whether the topic is done for now; otherwise it
    /// goes on in the next turn where it stopped.
    ///
    /// - Parameter gathers: another topic has something new too, so sessions that follow several get one write for all.
    func deliver(_ topic: ShardTopic, gathers: Bool, _ allowance: inout Allowance) -> Bool {
        guard let pass = topic.pass ?? beginPass(topic) else { return true }
        defer { for encoding in encodings { encoding.batch.clear() } }
        while topic.served < topic.roster.endIndex {
            if allowance.isSpent { return false }
            allowance.spend()
            let subscription = topic.roster[Int(topic.served)]
            topic.served += 1
            if !subscription.isBehind { write(to: subscription, pass, gathers: gathers) }
        }
        topic.endPass()
        if let past = topic.past { passEnded(past) }
        if pass.segments.count > 1 || pass.segments[0].bytes > LiveTopic.keptBytes { settleLater(topic) }
        return !topic.hasNews
    }

    private func beginPass(_ topic: ShardTopic) -> ShardTopic.Pass? {
        topic.hasNews = false
        let reading = topic.topic.take(
            topic.interest,
            after: topic.delivered,
            edges: topic.edges,
            limit: limits.bytesPerPass
        )
        evict(topic, before: reading.first)
        guard let last = reading.segments.last else { return nil }
        topic.hasNews = last.last < reading.head
        let pass = ShardTopic.Pass(target: last.last, segments: reading.segments)
        topic.begin(pass)
        return pass
    }

    private func write(to subscription: Subscription, _ pass: ShardTopic.Pass, gathers: Bool) {
        let session = subscription.session
        guard let transport = session.transport else { return }
        guard !session.isBusy, session.outbox.isEmpty else {
            subscription.topic.fallsBehind(subscription)
            return
        }
        let batch = session.encoding.batch
        if batch.isEmpty { prepare(session.encoding, subscription.topic, pass) }
        subscription.cursor = pass.target
        if batch.excludes(session.id) || (gathers && session.subscriptions.count > 1) {
            gather(subscription, batch)
            return
        }
        switch write(batch.bytes, size: batch.size, to: transport) {
        case .taken(batch.size):
            tally.deliveries += UInt64(batch.count)
        case .taken(let taken):
            cut(subscription, batch, taken: taken)
        case .queued:
            session.isBusy = true
            tally.deliveries += UInt64(batch.count)
        case .gone:
            session.isBusy = true
            subscription.topic.fallsBehind(subscription)
        }
    }

    private func prepare(_ encoding: ShardEncoding, _ topic: ShardTopic, _ pass: ShardTopic.Pass) {
        for segment in pass.segments {
            let from = max(segment.first, topic.delivered + 1)
            let encoded = topic.frames(of: segment, from: from, encoding)
            encoding.batch.append(encoded, encoded.frame(of: from)..<encoded.frame(of: segment.last) + 1)
        }
    }

    /// Subscriptions that have left the window meet the overflow policy.
    private func evict(_ topic: ShardTopic, before first: UInt64) {
        guard topic.topic.overflow != .latest, topic.floor + 1 < first else { return }
        for subscription in topic.behind where subscription.cursor + 1 < first { overflow(subscription) }
    }
}
