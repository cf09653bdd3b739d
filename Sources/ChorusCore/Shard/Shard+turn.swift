import DequeModule
import NIOCore

extension Shard {
    /// After this many writes, or this long, the loop gets a chance to read.
    private static let writesPerTurn = 4096
    private static let timePerTurn = TimeAmount.milliseconds(1)

    /// How much a turn may still do.
    struct Allowance {
        var writes: Int
        let deadline: NIODeadline
        let executor: any ShardExecutor

        /// Counts a write; looks at the clock at every 32nd.
        mutating func spend(_ count: Int = 1) { writes -= count }

        var isSpent: Bool { writes <= 0 || (writes % 32 == 0 && executor.now >= deadline) }
    }

    /// Serves sessions that can go on, then topics with something new, then ends sessions that broke a bound.
    func turn() {
        isWakeRequested = false
        isInTurn = true
        serveReady()
        collect()
        var allowance = self.allowance
        while !allowance.isSpent, let topic = dirty.popFirst() {
            topic.isQueued = false
            guard !topic.roster.isEmpty else { continue }
            let isDone = deliver(topic, gathers: !dirty.isEmpty || !gathering.isEmpty, &allowance)
            if !isDone { queue(topic) }
        }
        flushGathered()
        endSessions()
        isInTurn = false
        removeLeaving()
        if !dirty.isEmpty || !ready.isEmpty || !ending.isEmpty { requestTurn() }
    }

    private var allowance: Allowance {
        Allowance(writes: Shard.writesPerTurn, deadline: executor.now + Shard.timePerTurn, executor: executor)
    }

    private func collect() {
        var posted: [Int32] = []
        mailbox.drain(into: &posted)
        for slot in posted {
            guard Int(slot) < slots.count, let topic = slots[Int(slot)] else { continue }
            queue(topic)
        }
    }

    private func queue(_ topic: ShardTopic) {
        guard !topic.isQueued, !topic.roster.isEmpty else { return }
        topic.isQueued = true
        dirty.append(topic)
    }

    private func serveReady() {
        var allowance = self.allowance
        for _ in 0..<ready.count {
            guard !allowance.isSpent, let session = ready.popFirst() else { return }
            session.isQueued = false
            guard !session.isClosed, !session.isBusy else { continue }
            allowance.spend()
            if flushOutbox(session) { catchUp(session) }
        }
    }

    private func endSessions() {
        while let (session, reason) = ending.popLast() {
            guard let transport = session.transport else { continue }
            switch reason {
            case .overflow: counters.overflows += 1
            case .outboxOverflow: counters.outboxOverflows += 1
            }
            session.close()
            transport.end(reason)
        }
    }
}
