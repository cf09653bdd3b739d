import NIOCore

/// Subscriptions that begin in the past. They read the topic's history, page by page, until they have what the shard
/// has delivered; from there on they are live like all others. Nothing of it goes through the topic's log.
extension Shard {
    /// A subscription begins in the past, if there is one.
    func recoverLater(_ subscription: Subscription, from point: StartingPoint) {
        let topic = subscription.topic.topic
        guard topic.hasPast, !point.isLatest || topic.options.latest != nil else {
            if case .since = point { lose(subscription, nil) } else { beginsLive(subscription) }
            return
        }
        subscription.topic.recovers(subscription, from: point)
        enqueue(subscription.session)
    }

    /// A subscription begins with what is published from now on.
    func beginsLive(_ subscription: Subscription) {
        guard subscription.session.hearsNotices, !subscription.topic.topic.name.isEmpty else { return }
        tell(subscription, .live)
    }

    /// Reads on for a subscription that recovers. Returns whether it is live, lost, or waits; otherwise its session is
    /// busy, has something to be told first, or has had its share.
    func recover(_ subscription: Subscription, _ recovery: Recovery, _ share: inout Int) -> Bool {
        let topic = subscription.topic
        guard let past = topic.past else { return true }
        while subscription.recovery === recovery, !recovery.isWaiting {
            guard recovery.isInformed, let edge = topic.pastEdge(for: subscription) else {
                recovery.isInformed = true
                ask(subscription, recovery, for: .position)
                continue
            }
            guard recovery.epoch != nil else {
                if begin(subscription, recovery, edge, past) { return false }
                continue
            }
            guard recovery.epoch == edge.epoch, subscription.cursor <= edge.offset else {
                if recovery.isLatest {
                    recovery.epoch = nil
                    continue
                }
                lose(subscription, edge)
                continue
            }
            guard subscription.cursor < edge.offset else {
                becomesLive(subscription)
                arrives(subscription, recovery.arrival)
                break
            }
            guard share > 0 else { return false }
            guard writePages(to: subscription, recovery, past, edge, &share) else { return false }
        }
        return true
    }

    /// Writes what is at hand up to the edge, or to the end of the share, in one write. Returns whether the session can
    /// take more.
    private func writePages(
        to subscription: Subscription,
        _ recovery: Recovery,
        _ past: ShardPast,
        _ edge: Position,
        _ share: inout Int
    ) -> Bool {
        let encoding = subscription.encoding
        let batch = encoding.batch
        defer { batch.clear() }
        var cursor = subscription.cursor
        while cursor < edge.offset, batch.size < share {
            guard let page = page(after: cursor, for: subscription, recovery, past, edge) else { break }
            recovery.page = nil
            guard page.isLatest || page.first <= cursor + 1 else {
                // what is at hand before it goes first
                guard batch.isEmpty else { break }
                lose(subscription, edge)
                return true
            }
            let encoded = page.frames(encoding, topic: subscription.topic.topic.name)
            let last = min(page.last, edge.offset)
            let frames = encoded.frames(after: cursor, through: last)
            if !frames.isEmpty { batch.append(encoded, frames) }
            cursor = last
        }
        // an answer may have said that it is lost
        guard subscription.recovery === recovery else { return true }
        guard !batch.isEmpty else {
            subscription.cursor = cursor
            return true
        }
        share -= batch.size
        guard !subscription.session.isClosed else { return false }
        switch write(batch.bytes, size: batch.size, to: subscription.session) {
        case .taken(batch.size):
            subscription.cursor = max(subscription.cursor, cursor)
            tally.deliveries += UInt64(batch.count)
            return true
        case .taken(let taken):
            cut(subscription, batch, taken: taken)
        case .queued:
            subscription.session.isBusy = true
            subscription.cursor = max(subscription.cursor, cursor)
            tally.deliveries += UInt64(batch.count)
        case .gone:
            subscription.session.isBusy = true
        }
        return false
    }

    /// The page that a subscription needs next. If it is not at hand, it is asked for, and if that does not bring it at
    /// once, the subscription waits.
    private func page(
        after cursor: UInt64,
        for subscription: Subscription,
        _ recovery: Recovery,
        _ past: ShardPast,
        _ target: Position
    ) -> HistoryShelf.Page? {
        // what is at hand, and asked for, is of the stream that the edge is in; the pass that runs may lead into another
        guard let edge = past.edge, edge.epoch == target.epoch else {
            return waitForEdge(subscription, recovery, past)
        }
        if let page = recovery.page, page.epoch == edge.epoch, page.covers(cursor) { return page }
        guard !recovery.isLatest else { return latestPage(after: cursor, for: subscription, recovery, past, edge) }
        let next = cursor + 1
        if let page = past.shelf.page(for: next) { return page }
        var start = past.shelf.start(for: next)
        while true {
            ask(subscription, recovery, for: .page(after: start))
            guard subscription.recovery === recovery, !recovery.isWaiting, past.edge == edge else { return nil }
            if let page = past.shelf.page(for: next) { return page }
            // the aligned page may be cut before it
            let rest = past.shelf.start(for: next)
            guard rest != start else { break }
            start = rest
        }
        return waitForEdge(subscription, recovery, past)
    }

    private func latestPage(
        after start: UInt64,
        for subscription: Subscription,
        _ recovery: Recovery,
        _ past: ShardPast,
        _ edge: Position
    ) -> HistoryShelf.Page? {
        if let page = past.shelf.latest(after: start, edge: edge.offset) { return page }
        ask(subscription, recovery, for: .latest(after: start))
        guard subscription.recovery === recovery, !recovery.isWaiting, past.edge == edge else { return nil }
        let answer = recovery.page ?? past.shelf.latest(after: start, edge: edge.offset)
        // one that is older than what was delivered brings nothing
        if let answer, answer.epoch == edge.epoch, answer.covers(start) { return answer }
        return waitForEdge(subscription, recovery, past)
    }

    /// An answer is of another stream than the edge: passes are on their way that move it there.
    private func waitForEdge(
        _ subscription: Subscription,
        _ recovery: Recovery,
        _ past: ShardPast
    ) -> HistoryShelf.Page? {
        recovery.isWaiting = true
        past.waitForPass(subscription)
        return nil
    }

    // MARK: Beginning

    /// It is known where the topic is: so it is known where the subscription begins. Returns whether its client was
    /// told; otherwise the subscription waits or is lost, or is to be looked at again.
    private func begin(_ subscription: Subscription, _ recovery: Recovery, _ edge: Position, _ past: ShardPast) -> Bool
    {
        switch recovery.point {
        case .now: subscription.cursor = edge.offset
        case .latest, .latestSince:
            subscription.cursor = recovery.point.latestStart(edge)
            recovery.page = nil
            recovery.epoch = edge.epoch
            tell(subscription, .latest(upTo: edge))
            return true
        case .last(let count):
            if recovery.start?.epoch != edge.epoch {
                let start = edge.offset - min(edge.offset, UInt64(max(0, count)))
                recovery.start = Position(epoch: edge.epoch, offset: start)
            }
            // where something was lost, the oldest that is kept is behind what the client has
            let start = max(recovery.start?.offset ?? 0, past.oldest - min(past.oldest, 1))
            subscription.cursor = min(edge.offset, start)
        case .since(let position, _):
            guard position.isIn(edge.epoch), position.offset <= edge.offset else {
                waitAhead(subscription, recovery, position, edge, past)
                return false
            }
            subscription.cursor = position.offset
        }
        if subscription.cursor < edge.offset {
            // what is promised must be here
            guard let page = page(after: subscription.cursor, for: subscription, recovery, past, edge) else {
                return false
            }
            if page.first > subscription.cursor + 1 {
                guard case .last = recovery.point else {
                    lose(subscription, edge)
                    return false
                }
                subscription.cursor = min(page.first - 1, edge.offset)
            }
            recovery.page = page
        }
        recovery.epoch = edge.epoch
        let start = Position(epoch: edge.epoch, offset: subscription.cursor)
        let end = past.end(from: edge)
        tell(subscription, recovery.takeLoss() ? .gap(upTo: start, edge: end) : .recovering(from: start, edge: end))
        return true
    }

    /// A client may have seen, elsewhere, what this shard has yet to deliver. If the topic has come that far, the shard
    /// will have done so after the next passes.
    private func waitAhead(
        _ subscription: Subscription,
        _ recovery: Recovery,
        _ position: Position,
        _ edge: Position,
        _ past: ShardPast
    ) {
        if !position.isIn(edge.epoch) || !past.hasSeen(position) {
            let isAnswered = recovery.questions > 0 && past.isUpToDate(delivered: subscription.topic.delivered)
            guard isAnswered else {
                recovery.questions = past.hasSeen(position) ? 1 : recovery.questions + 1
                guard recovery.questions <= Recovery.mostQuestions else { return lose(subscription, edge) }
                return ask(subscription, recovery, for: .position)
            }
            guard past.hasSeen(position) else { return lose(subscription, edge) }
            recovery.questions = 1
        }
        recovery.isWaiting = true
        past.waitForPass(subscription)
    }

    /// A pass has ended.
    func passEnded(_ past: ShardPast) {
        for subscription in past.takeAhead() { proceed(subscription) }
    }

    private func proceed(_ subscription: Subscription) {
        guard let recovery = subscription.recovery else { return }
        recovery.isWaiting = false
        enqueue(subscription.session)
    }

    // MARK: The client

    /// What came between is not there any more. The client is told, and has what comes from now on, or the last
    /// messages first, if it wants that; or its session ends, where it has no way to be told.
    func lose(_ subscription: Subscription, _ position: Position?) {
        let session = subscription.session
        guard session.hearsNotices else {
            subscription.recovery?.isWaiting = true
            return end(session, .unrecoverable(position))
        }
        owePresence(subscription)
        let recovery = subscription.recovery
        if let recovery, recovery.fallsBack() { return }
        becomesLive(subscription)
        tell(
            subscription,
            .gap(upTo: position, edge: position.map { subscription.topic.past?.end(from: $0) ?? $0.offset })
        )
        arrives(subscription, recovery?.arrival)
    }

    private func tell(_ subscription: Subscription, _ start: SubscriptionStart) {
        switch start {
        case .live: break
        case .recovering, .latest: tally.recoveries += 1
        case .gap: tally.gaps += 1
        }
        subscription.session.transport?.subscriptionBegan(subscription.topic.topic.name, start)
    }
}
