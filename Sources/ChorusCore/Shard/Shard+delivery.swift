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
            if writeStraight(topic, pass, gathers: gathers, &allowance) > 0 { continue }
            let subscription = topic.roster[Int(topic.served)].subscription
            topic.served += 1
            guard !subscription.isBehind else {
                allowance.spend()
                continue
            }
            write(to: subscription, pass, gathers: gathers, &allowance)
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

    /// Writes to those who come next and whose sockets are free, until there is somebody who must be looked at, or the
    /// turn has done enough. Returns how many it has come by.
    private func writeStraight(
        _ topic: ShardTopic,
        _ pass: ShardTopic.Pass,
        gathers: Bool,
        _ allowance: inout Allowance
    ) -> Int {
        let start = Int(topic.served)
        var index = start
        var batch: Batch?
        var encoding: UInt16?
        var (writes, deliveries) = (0, 0)
        /// What a socket has answered that did not take everything.
        var last: Socket.Outcome?
        topic.roster.withElements { entries in
            while index < entries.count, last == nil, !allowance.isSpent {
                let socket = entries[index].socket
                guard socket != .none else { return }
                if entries[index].encoding != encoding {
                    encoding = entries[index].encoding
                    batch = prepared(encodings[Int(entries[index].encoding)], topic, pass)
                }
                guard let batch, !batch.hasExclusions else { return }
                if gathers && entries[index].followsOthers {
                    gather(entries[index].subscription, batch, &allowance)
                    index += 1
                    continue
                }
                index += 1
                allowance.spend()
                guard batch.size > 0 else { continue }
                writes += 1
                let outcome = sockets.write(batch.bytes, to: socket)
                if outcome == .taken(batch.size) { deliveries += batch.count } else { last = outcome }
            }
        }
        topic.served = Int32(index)
        tally.writes += UInt64(writes)
        tally.deliveries += UInt64(deliveries)
        if let last, let batch {
            let subscription = topic.roster[index - 1].subscription
            settle(written(last, by: subscription.session), of: subscription, batch)
        }
        return index - start
    }

    private func write(
        to subscription: Subscription,
        _ pass: ShardTopic.Pass,
        gathers: Bool,
        _ allowance: inout Allowance
    ) {
        let session = subscription.session
        guard !session.isClosed else { return allowance.spend() }
        guard !session.isBusy, !session.isHeld, session.outbox.isEmpty else {
            allowance.spend()
            subscription.cursor = subscription.topic.delivered
            subscription.topic.fallsBehind(subscription)
            return
        }
        let batch = prepared(subscription.encoding, subscription.topic, pass)
        if batch.excludes(session.id) || (gathers && session.subscriptions.count > 1) {
            return gather(subscription, batch, &allowance)
        }
        allowance.spend()
        settle(write(batch.bytes, size: batch.size, to: session), of: subscription, batch)
    }

    /// What has become of a live write.
    private func settle(_ written: Written, of subscription: Subscription, _ batch: Batch) {
        switch written {
        case .taken(batch.size):
            tally.deliveries += UInt64(batch.count)
        case .taken(let taken):
            cut(subscription, batch, taken: taken)
        case .queued:
            subscription.session.isBusy = true
            tally.deliveries += UInt64(batch.count)
        case .gone:
            subscription.session.isBusy = true
            subscription.cursor = subscription.topic.delivered
            subscription.topic.fallsBehind(subscription)
        }
    }

    private func prepared(_ encoding: ShardEncoding, _ topic: ShardTopic, _ pass: ShardTopic.Pass) -> Batch {
        if encoding.batch.isEmpty { prepare(encoding, topic, pass) }
        return encoding.batch
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
