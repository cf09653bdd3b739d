import DequeModule
import NIOCore
import Synchronization

/// What one event loop owns: its sessions, and of every topic the part that they follow.
///
/// All of it is touched on that loop's thread only. Publishers reach it through its ``Mailbox``, which wakes it for one
/// turn however many topics are posted; a turn writes to every session at most once per topic and gives the loop back
/// after about 4,096 writes or a millisecond.
package final class Shard {
    let hub: Hub
    let executor: any ShardExecutor
    let mailbox: Mailbox
    private var encodings: [Encoding] = []
    private(set) var encoders: [any MessageEncoder] = []
    package let wheel: TimingWheel
    package internal(set) var counters = ShardCounters()
    /// Every session of the shard, by its identifier.
    package internal(set) var sessions: [SessionID: Session] = [:]
    var topics: [ObjectIdentifier: ShardTopic] = [:]
    var slots: [ShardTopic?] = []
    var freeSlots: [Int32] = []
    /// Topics with something new, sessions that can go on, sessions with gathered writes, sessions to end.
    var dirty: Deque<ShardTopic> = []
    var ready: Deque<Session> = []
    var gathering: [Session] = []
    var ending: [(Session, SessionEnd)] = []
    var isInTurn = false
    var isWakeRequested = false
    var scratch = ByteBuffer()
    /// What the running pass writes, by encoding.
    var batches: [Batch?] = []
    /// Sessions that closed during a turn: rosters change when it is over.
    private var leaving: [Session] = []

    init(hub: Hub, executor: any ShardExecutor, mailbox: Mailbox) {
        self.hub = hub
        self.executor = executor
        self.mailbox = mailbox
        self.wheel = TimingWheel(executor: executor)
    }

    /// Makes a session for a client of this shard's thread.
    package func open(_ transport: any Transport, encoding: Encoding) -> Session {
        let session = Session(
            id: hub.nextSessionID(),
            encoding: index(of: encoding),
            shard: self,
            transport: transport
        )
        sessions[session.id] = session
        hub.connectionCount.add(1, ordering: .relaxed)
        return session
    }

    private func index(of encoding: Encoding) -> Int {
        if let index = encodings.firstIndex(where: { $0 === encoding }) { return index }
        encodings.append(encoding)
        encoders.append(encoding.makeEncoder())
        batches.append(nil)
        return encodings.count - 1
    }

    func remove(_ session: Session) {
        guard sessions.removeValue(forKey: session.id) != nil else { return }
        hub.connectionCount.subtract(1, ordering: .relaxed)
        if isInTurn { leaving.append(session) } else { leaveTopics(session) }
    }

    /// Takes the sessions that closed during the turn out of their topics.
    func removeLeaving() {
        while let session = leaving.popLast() { leaveTopics(session) }
    }

    private func leaveTopics(_ session: Session) {
        let subscriptions = session.subscriptions
        session.subscriptions = []
        session.gathered = []
        for subscription in subscriptions { leave(subscription) }
    }

    /// Puts a session on the list of those that can go on.
    func enqueue(_ session: Session) {
        guard !session.isQueued, !session.isBusy else { return }
        session.isQueued = true
        ready.append(session)
        requestTurn()
    }

    /// Ends a session at the end of the turn, when rosters may change.
    func end(_ session: Session, _ reason: SessionEnd) {
        ending.append((session, reason))
        requestTurn()
    }

    func requestTurn() {
        guard !isInTurn, !isWakeRequested else { return }
        isWakeRequested = true
        mailbox.requestTurn()
    }
}

@available(*, unavailable)
extension Shard: Sendable {}
