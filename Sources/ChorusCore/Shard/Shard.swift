import DequeModule
import NIOCore

/// What one event loop owns: its sessions, and of every topic the part that they follow.
///
/// All of it is touched on that loop's thread only. Publishers reach it through its ``Mailbox``, which wakes it for one
/// turn however many topics are posted; a turn writes to every session at most once per topic and gives the loop back
/// after about 4,096 writes or a millisecond, or as long as it had to wait for the loop (``ShardLimits``).
package final class Shard {
    let topicTable: TopicTable
    let executor: any ShardExecutor
    let mailbox: Mailbox
    private let register: SessionRegister
    private(set) var encodings: [ShardEncoding] = []
    package let wheel: TimingWheel
    package var limits = ShardLimits()
    package var sockets: any SocketWriting = SystemSockets()
    let outboxLimits: OutboxLimits
    var tally = ShardCounters()
    private(set) var sessions = SessionList()
    /// Users who have a session here, by name.
    private(set) var users: [String: UserSessions] = [:]
    /// The topics that its sessions follow, by what their interests call them.
    var slots: [ShardTopic?] = []
    var freeSlots: [Int32] = []
    /// Topics with something new, and sessions that can go on.
    var dirty: Deque<ShardTopic> = []
    var ready: Deque<Session> = []
    /// What is done when a turn has written: sessions that end, topics that tell their logs how far they are.
    var ending: [(Session, SessionEnd)] = []
    var settling: [ShardTopic] = []
    var isInTurn = false
    /// How long each of the two parts of the turn may take that write.
    var turnTime = TimeAmount.zero
    /// The topics that were posted since the last turn; kept for its capacity.
    var posted: [Int32] = []
    var gathering = Gathering()
    /// What is done at the beginning of turns, for a part of their time.
    var errands: Deque<() -> Void> = []

    init(
        topics: TopicTable,
        register: SessionRegister,
        outbox: OutboxLimits,
        executor: any ShardExecutor,
        mailbox: Mailbox
    ) {
        self.topicTable = topics
        self.register = register
        self.outboxLimits = outbox
        self.executor = executor
        self.mailbox = mailbox
        self.wheel = TimingWheel(executor: executor)
    }

    /// What it has done so far.
    package var counters: ShardCounters { tally }

    /// Bytes of encoded messages that are kept for all sessions together, counted in steps of 4 KiB.
    package var encodedBytes: Int { slots.reduce(0) { $0 + ($1?.encodedBytes ?? 0) } }

    /// How many subscriptions its sessions have, but for that to broadcasts.
    var subscriptionCount: Int {
        slots.reduce(0) { $0 + ($1.map { $0.topic.name.isEmpty ? 0 : $0.roster.count } ?? 0) }
    }

    /// The sessions that are open now.
    package var openSessions: [Session] { Array(sessions) }

    /// A session that is open here.
    package func session(_ id: SessionID) -> Session? { sessions[id] }

    /// Makes a session for a client of this shard's thread.
    ///
    /// - Parameters:
    ///   - socket: where the client's bytes go straight to, past the transport.
    ///   - hearsNotices: whether the client can be told of what it has missed.
    ///   - hearsPresence: whether it is told who is there when a subscription begins; by default if it can be told
    ///     anything.
    ///   - user: who it is, if somebody has said.
    package func open(
        _ transport: any Transport,
        socket: Socket = .none,
        encoding: Encoding,
        hearsNotices: Bool = false,
        hearsPresence: Bool? = nil,
        user: String? = nil
    ) -> Session {
        let session = Session(
            id: register.open(),
            encoding: part(of: encoding),
            hearsNotices: hearsNotices,
            hearsPresence: hearsPresence ?? hearsNotices,
            shard: self,
            transport: transport,
            socket: socket
        )
        sessions.append(session)
        if let user { session.identify(as: user) }
        return session
    }

    /// Enters a session among those of its user.
    func enter(_ session: Session, as user: String) -> UserSessions {
        let all = users[user] ?? UserSessions(user)
        users[user] = all
        all.sessions[session.id] = session
        return all
    }

    func part(of encoding: Encoding, _ variant: UInt8 = 0) -> ShardEncoding {
        if let known = encodings.first(where: { $0.encoding === encoding && $0.number == variant }) { return known }
        let new = ShardEncoding(encoding, variant, index: encodings.count, shard: self)
        encodings.append(new)
        return new
    }

    /// Forgets a session that was closed.
    func remove(_ session: Session) {
        guard sessions.remove(session) else { return }
        register.close()
        guard let user = session.user else { return }
        users[user]?.sessions[session.id] = nil
        if users[user]?.sessions.isEmpty ?? false { users[user] = nil }
    }

    /// Puts a session on the list of those that can go on.
    func enqueue(_ session: Session) {
        guard !session.isQueued, !session.isBusy else { return }
        session.isQueued = true
        ready.append(session)
        requestTurn()
    }

    /// Does something soon, after what was asked for before: when its thread has looked at all its sockets, and in
    /// slices of a millisecond, so that a storm of it leaves deliveries their share.
    package func soon(_ work: @escaping () -> Void) {
        errands.append(work)
        requestTurn()
    }

    /// Ends a session at the end of the turn.
    func end(_ session: Session, _ reason: SessionEnd) {
        ending.append((session, reason))
        requestTurn()
    }

    /// Asks for a turn, unless one is running: that asks for another itself if there is more to do.
    func requestTurn() {
        if !isInTurn { mailbox.requestTurn() }
    }
}

@available(*, unavailable)
extension Shard: Sendable {}
