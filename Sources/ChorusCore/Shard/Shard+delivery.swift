import NIOCore

extension Shard {
    /// The most bytes that one pass takes from a log.
    private static let bytesPerPass = 256 << 10

    /// Writes what is new on a topic to everybody who keeps up. Returns whether the topic is done for now; otherwise it
    /// goes on in the next turn where it stopped.
    ///
    /// - Parameter gathers: another topic has something new too, so sessions that follow several get one write for all.
    func deliver(_ topic: ShardTopic, gathers: Bool, _ allowance: inout Allowance) -> Bool {
        if topic.pass == nil {
            let reading = topic.topic.take(
                topic.interest,
                after: topic.delivered,
                delivered: topic.delivered,
                floor: topic.floor,
                limit: Shard.bytesPerPass
            )
            evict(topic, before: reading.first)
            guard let last = reading.segments.last else { return true }
            topic.pass = ShardTopic.Pass(
                target: last.last,
                segments: reading.segments,
                isPartial: last.last < reading.head
            )
        }
        defer { for index in batches.indices { batches[index] = nil } }
        while let pass = topic.pass, pass.next < topic.roster.count {
            if allowance.isSpent { return false }
            topic.pass?.next += 1
            let subscription = topic.roster[pass.next]
            if subscription.isBehind { continue }
            allowance.spend()
            write(to: subscription, pass, gathers: gathers)
        }
        return finishPass(topic)
    }

    private func write(to subscription: Subscription, _ pass: ShardTopic.Pass, gathers: Bool) {
        let session = subscription.session
        guard let transport = session.transport else { return }
        guard !session.isBusy, session.outbox.isEmpty else {
            subscription.topic.fallsBehind(subscription)
            return
        }
        let batch = self.batch(session.encoding, subscription.topic, pass)
        if batch.hasExclusions, batch.excludes(session.id) {
            for piece in batch.pieces {
                guard write(piece.segment, piece.frames, to: subscription) else { return }
            }
            return
        }
        if gathers, session.subscriptions.count > 1 {
            gather(subscription, batch)
            return
        }
        counters.writes += 1
        switch batch.bytes.withUnsafeBufferPointer({ transport.write($0, size: batch.size) }) {
        case .taken(batch.size):
            subscription.cursor = pass.target
            counters.deliveries += UInt64(batch.count)
        case .taken(var taken):
            for piece in batch.pieces {
                let size = piece.segment.bytes(piece.frames).count
                if taken < size {
                    cut(subscription, piece.segment, piece.frames, taken: taken)
                    return
                }
                taken -= size
            }
        case .queued:
            session.isBusy = true
            subscription.cursor = pass.target
            counters.deliveries += UInt64(batch.count)
        case .gone:
            subscription.topic.fallsBehind(subscription)
        }
    }

    /// Ends a pass: moves the live edge, and says so to the log when there is something that can go.
    private func finishPass(_ topic: ShardTopic) -> Bool {
        guard let pass = topic.pass else { return true }
        topic.pass = nil
        topic.delivered = pass.target
        if topic.behind.isEmpty {
            topic.trimCaches()
        }
        if pass.isPartial { return false }
        if pass.segments.count > 1 {
            topic.topic.settle(topic.interest, delivered: topic.delivered, floor: topic.floor)
        }
        return true
    }

    private func batch(_ encoding: Int, _ topic: ShardTopic, _ pass: ShardTopic.Pass) -> Batch {
        if let batch = batches[encoding] { return batch }
        var batch = Batch()
        for segment in pass.segments {
            let from = max(segment.first, topic.delivered + 1)
            let encoded = self.encoded(segment, from: from, encoding, topic)
            batch.append(encoded, encoded.frame(of: from)..<encoded.frame(of: segment.last) + 1)
        }
        batches[encoding] = batch
        return batch
    }

    func encoded(
        _ segment: TopicLog.Segment,
        from sequence: UInt64,
        _ encoding: Int,
        _ topic: ShardTopic
    ) -> EncodedSegment {
        topic.frames(of: segment, from: sequence, encoding) { message, sequence, encoded in
            append(message, sequence, to: encoded, encoding, topic.topic.name)
        }
    }

    func append(_ message: Message, _ sequence: UInt64, to encoded: EncodedSegment, _ encoding: Int, _ name: String) {
        scratch.clear()
        encoders[encoding].encode(message, topic: name, into: &scratch)
        scratch.withUnsafeReadableBytes { encoded.append($0, sequence: sequence, excluded: message.excluded) }
    }

    /// Subscriptions that have left the window meet the overflow policy.
    private func evict(_ topic: ShardTopic, before first: UInt64) {
        guard topic.topic.overflow == .disconnect, topic.floor + 1 < first else { return }
        for subscription in topic.behind where subscription.cursor + 1 < first {
            ending.append((subscription.session, .overflow))
        }
    }
}
