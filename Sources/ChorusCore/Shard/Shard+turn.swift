import DequeModule
import NIOCore

extension Shard {
    /// How long the loop has before the next turn when there is more to do. Not zero: NIO runs what is due, also what
    /// was added meanwhile, before it looks at its sockets.
    private static let pause = TimeAmount.microseconds(20)

    /// How much a turn may still do.
    struct Allowance {
        private var writes: Int
        private var untilLook = 32
        private var untilWrite = Allowance.additionsPerWrite
        private var isLate = false
        private let deadline: NIODeadline
        private let executor: any ShardExecutor

        init(_ limits: ShardLimits, time: TimeAmount, _ executor: any ShardExecutor) {
            self.writes = limits.writesPerTurn
            self.deadline = executor.now + time
            self.executor = executor
        }

        /// So many messages that join what is already gathered for a session count as one write.
        private static let additionsPerWrite = 16

        var isSpent: Bool { writes <= 0 || isLate }

        /// Counts what is gathered for a session: the first message as a write, others as a part of one. The clock is
        /// not asked: what is left out now costs writes of its own later.
        mutating func spend(gatheringFirst isFirst: Bool) {
            untilWrite -= isFirst ? Allowance.additionsPerWrite : 1
            guard untilWrite <= 0 else { return }
            untilWrite += Allowance.additionsPerWrite
            writes -= 1
        }

        /// Counts writes; looks at the clock after every 32.
        mutating func spend(_ count: Int = 1) {
            writes -= count
            untilLook -= count
            guard untilLook <= 0 else { return }
            untilLook = 32
            isLate = executor.now >= deadline
        }
    }

    /// Does what was to be done soon, serves sessions that can go on, then topics with something new, then ends what
    /// broke a bound.
    func turn() {
        // before the posts are collected: what they ask for is done in this turn
        runErrands()
        isInTurn = true
        let due = collect()
        // where the thread has had much else to do, half of its time
        let waited = min(executor.now - due, limits.longestTurn)
        turnTime = max(limits.timePerTurn, .nanoseconds(waited.nanoseconds / 2))
        serveReady()
        serveDirty()
        flushGathered()
        endSessions()
        settleTopics()
        isInTurn = false
        if !dirty.isEmpty || !ready.isEmpty || !ending.isEmpty || !errands.isEmpty {
            mailbox.requestTurn(after: Shard.pause)
        }
    }

    /// Takes in what has been posted. Returns from when on the turn could have been run.
    private func collect() -> NIODeadline {
        let due = mailbox.drain(into: &posted)
        for slot in posted {
            // the slot may have been left, or left and given to another topic
            guard Int(slot) < slots.count, let topic = slots[Int(slot)] else { continue }
            topic.hasNews = true
            queue(topic)
        }
        posted.removeAll(keepingCapacity: true)
        return due
    }

    private func runErrands() {
        guard !errands.isEmpty else { return }
        let end = executor.now + limits.timePerTurn
        while let errand = errands.popFirst() {
            errand()
            if executor.now >= end { return }
        }
    }

    private func queue(_ topic: ShardTopic) {
        guard !topic.isQueued else { return }
        topic.isQueued = true
        dirty.append(topic)
    }

    private func serveReady() {
        guard !ready.isEmpty else { return }
        var allowance = Allowance(limits, time: turnTime, executor)
        for _ in 0..<ready.count {
            guard !allowance.isSpent, let session = ready.popFirst() else { return }
            session.isQueued = false
            guard !session.isClosed, !session.isBusy else { continue }
            let writes = tally.writes
            if flushOutbox(session) { catchUp(session) }
            allowance.spend(1 + Int(tally.writes - writes))
        }
    }

    /// One pass per topic and turn: what was gathered for a session must be written before its topics go on.
    private func serveDirty() {
        var allowance = Allowance(limits, time: turnTime, executor)
        for _ in 0..<dirty.count {
            guard !allowance.isSpent, let topic = dirty.popFirst() else { return }
            topic.isQueued = false
            guard !topic.roster.isEmpty else { continue }
            let isDone = deliver(topic, gathers: !dirty.isEmpty || !gathering.isEmpty, &allowance)
            if !isDone { queue(topic) }
        }
    }

    /// Tells a log, once the turn has written everything, that it may let go of what has been taken.
    func settleLater(_ topic: ShardTopic) {
        guard !topic.isSettling else { return }
        topic.isSettling = true
        settling.append(topic)
        if !isInTurn { settleTopics() }
    }

    private func settleTopics() {
        while let topic = settling.popLast() {
            topic.isSettling = false
            if !topic.roster.isEmpty { topic.settle() }
        }
    }

    private func endSessions() {
        let sessions = ending
        ending = []
        for (session, reason) in sessions {
            guard let transport = session.transport else { continue }
            switch reason {
            case .overflow:
                tally.overflows += 1
            case .unrecoverable:
                tally.gaps += 1
            case .disconnected, .unavailable:
                break
            case .outboxOverflow:
                // its transport may take it yet, if it could not be asked in this turn
                guard session.outbox.isOverfull(outboxLimits) else {
                    session.outbox.isOverflowing = false
                    continue
                }
                guard session.isBusy else {
                    ending.append((session, reason))
                    continue
                }
                tally.outboxOverflows += 1
            }
            session.close()
            transport.end(reason)
        }
    }
}
