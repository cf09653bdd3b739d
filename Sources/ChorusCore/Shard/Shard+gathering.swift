extension Shard {
    /// Notes what a session is to be written at the end of the turn.
    func gather(_ subscription: Subscription, _ batch: Batch, _ allowance: inout Allowance) {
        allowance.spend(gatheringFirst: subscription.session.gatheredPlace < 0)
        guard batch.hasExclusions else {
            for piece in batch.pieces { gathering.append(subscription, piece.segment, piece.frames) }
            return
        }
        for piece in batch.pieces {
            piece.segment.forEachRun(of: piece.frames, for: subscription.session.id) { frames in
                gathering.append(subscription, piece.segment, frames)
                return true
            }
        }
    }

    /// One write per session for everything that was gathered in this turn.
    func flushGathered() {
        guard !gathering.isEmpty else { return }
        var gathered = Gathering()
        swap(&gathered, &gathering)
        for chain in gathered.chains { flush(chain, &gathered) }
        gathered.clear()
        swap(&gathered, &gathering)
    }

    private func flush(_ chain: Gathering.Chain, _ gathered: inout Gathering) {
        let session = chain.session
        guard !session.isClosed else { return }
        var (size, count) = (0, 0)
        let written = gathered.withBytes(of: chain) { bytes, bytesSize, bytesCount in
            (size, count) = (bytesSize, bytesCount)
            return write(bytes, size: bytesSize, to: session)
        }
        switch written {
        case .taken(size):
            tally.deliveries += UInt64(count)
        case .taken(let taken):
            settle(chain, gathered, taken: taken)
        case .queued:
            session.isBusy = true
            tally.deliveries += UInt64(count)
        case .gone:
            session.isBusy = true
            gathered.forEachItem(of: chain, putBack)
        }
    }

    /// The subscription is where it was before the item was gathered for it.
    private func putBack(_ item: Gathering.Item) {
        let subscription = item.subscription
        guard !subscription.isBehind else { return }
        subscription.cursor = item.segment.sequence(of: item.frames.lowerBound) - 1
        subscription.topic.fallsBehind(subscription)
    }

    /// Goes through what was gathered in the order of the bytes: whole items are done, one may be cut, the
    /// subscriptions of the others go back to where they were.
    private func settle(_ chain: Gathering.Chain, _ gathered: Gathering, taken: Int) {
        var left = taken
        var isCut = false
        gathered.forEachItem(of: chain) { item in
            let subscription = item.subscription
            let size = item.segment.bytes(item.frames).count
            if isCut {
                putBack(item)
            } else if left >= size {
                left -= size
                tally.deliveries += UInt64(item.segment.count(item.frames))
            } else {
                isCut = true
                cut(subscription, item.segment, item.frames, taken: left)
            }
        }
    }
}
