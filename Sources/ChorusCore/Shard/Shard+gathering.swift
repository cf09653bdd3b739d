extension Shard {
    /// Notes what a session is to be written for one of several topics; its cursor moves as if it had been.
    func gather(_ subscription: Subscription, _ batch: Batch) {
        let session = subscription.session
        if session.gathered.isEmpty { gathering.append(session) }
        for piece in batch.pieces {
            session.gathered.append(.init(subscription: subscription, segment: piece.segment, frames: piece.frames))
            subscription.cursor = piece.segment.sequence(of: piece.frames.upperBound - 1)
        }
    }

    /// One write per session for everything that was gathered in this turn.
    func flushGathered() {
        for session in gathering {
            let gathered = session.gathered
            session.gathered.removeAll(keepingCapacity: true)
            guard let transport = session.transport, !gathered.isEmpty else { continue }
            let bytes = gathered.map { $0.segment.bytes($0.frames) }
            let size = bytes.reduce(0) { $0 + $1.count }
            counters.writes += 1
            switch bytes.withUnsafeBufferPointer({ transport.write($0, size: size) }) {
            case .taken(let taken): settle(session, gathered, taken: taken)
            case .queued:
                session.isBusy = true
                counters.deliveries += gathered.reduce(0) { $0 + UInt64($1.frames.count) }
            case .gone: for item in gathered { item.subscription.topic.fallsBehind(item.subscription) }
            }
        }
        gathering.removeAll(keepingCapacity: true)
    }

    /// Goes through what was gathered in the order of the bytes: whole pieces are done, one may be cut, the
    /// subscriptions of the others go back to where they were.
    private func settle(_ session: Session, _ gathered: [Session.Gathered], taken: Int) {
        var left = taken
        for item in gathered {
            let size = item.segment.bytes(item.frames).count
            if session.isBusy {
                guard !item.subscription.isBehind else { continue }
                item.subscription.cursor = item.segment.sequence(of: item.frames.lowerBound) - 1
                item.subscription.topic.fallsBehind(item.subscription)
            } else if left >= size {
                left -= size
                counters.deliveries += UInt64(item.frames.count)
            } else {
                cut(item.subscription, item.segment, item.frames, taken: left)
            }
        }
    }
}
