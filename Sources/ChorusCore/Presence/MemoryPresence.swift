import HeapModule
package import NIOCore
import Synchronization

/// A presence for one process and one hub.
///
/// The members of a topic are behind the lock of one of 64 stripes, which is held while somebody joins or leaves and the
/// notice of it is put into the topic's log. It has no thread: while something is to be told or somebody's grace period runs, one
/// task looks every 25 ms at what is due.
public final class MemoryPresence: Presence {
    private struct Due: Comparable, Sendable {
        let time: NIODeadline
        let topic: TopicName

        static func < (left: Due, right: Due) -> Bool { left.time < right.time }
        static func == (left: Due, right: Due) -> Bool { left.time == right.time }
    }

    private struct State: Sendable {
        var tables: [TopicName: PresenceTable] = [:]
        /// When something is to be done: for every topic at least the next time.
        var dues = Heap<Due>()
        /// The times of a topic that stand there.
        var times: [TopicName: [NIODeadline]] = [:]
    }

    private final class Stripe: Sendable {
        let state = Mutex(State())
    }

    private let stripes = (0..<64).map { _ in Stripe() }
    private let delivery = Mutex<(any PresenceDelivery)?>(nil)
    private let isTicking = Atomic<Bool>(false)
    private let waiting = Atomic<Int>(0)
    private let members = Atomic<Int>(0)
    private let clock: @Sendable () -> NIODeadline
    private let ticks: Bool

    private static let tick = Duration.milliseconds(25)

    /// Makes a presence in which nobody is.
    public convenience init() { self.init(clock: { .now() }, ticks: true) }

    /// - Parameters:
    ///   - clock: the time; tests turn it themselves.
    ///   - ticks: whether it looks by itself at what is due.
    package init(clock: @escaping @Sendable () -> NIODeadline, ticks: Bool = false) {
        self.clock = clock
        self.ticks = ticks
    }

    /// Called by the hub.
    public func start(_ delivery: any PresenceDelivery) { self.delivery.withLock { $0 = delivery } }

    /// Enters a member, and tells at once if nothing was told just before.
    public func join(_ member: Member, to topic: TopicName, _ options: PresenceOptions) {
        update(topic) { state, now in state.tables[topic, default: PresenceTable(options)].join(member, now: now) }
    }

    /// Takes a member out, at once or after the grace period.
    public func leave(_ session: String, from topic: TopicName, _ options: PresenceOptions) {
        update(topic) { state, now in state.tables[topic]?.leave(session, now: now) }
    }

    /// Answers at once.
    public func state(
        of topic: TopicName,
        _ query: PresenceQuery,
        completion: @escaping @Sendable (Result<PresenceState, ChorusError>) -> Void
    ) {
        let nobody = PresenceState(members: [], count: PresenceCount(sessions: 0, users: 0))
        let answer = stripe(topic).state.withLock { state -> (PresenceState?, PresenceTable?) in
            guard let table = state.tables[topic] else { return (nobody, nil) }
            // a long list is made without the lock, of a copy, which whoever joins meanwhile pays for
            let isLong = !query.isTold && table.count.sessions <= query.limit
            return isLong ? (nil, table) : (table.state(query), nil)
        }
        completion(.success(answer.0 ?? answer.1?.state(query) ?? nobody))
    }

    /// How many members all topics have together.
    public var memberCount: Int { members.load(ordering: .relaxed) }

    /// How many topics it knows members, or has something to tell, of.
    package var topicCount: Int { stripes.reduce(0) { $0 + $1.state.withLock { $0.tables.count } } }

    /// Does what is due.
    package func tick() {
        let now = clock()
        for stripe in stripes {
            while let topic = popDue(stripe, now: now) { update(topic) { _, _ in } }
        }
    }

    private func popDue(_ stripe: Stripe, now: NIODeadline) -> TopicName? {
        stripe.state.withLock { state in
            guard let due = state.dues.min, due.time <= now else { return nil }
            state.dues.removeMin()
            state.times[due.topic]?.removeAll { $0 == due.time }
            if state.times[due.topic]?.isEmpty ?? false { state.times[due.topic] = nil }
            waiting.subtract(1, ordering: .sequentiallyConsistent)
            return due.topic
        }
    }

    private func update(_ topic: TopicName, _ body: (inout State, NIODeadline) -> Void) {
        let delivery = delivery.withLock { $0 }
        stripe(topic).state.withLock { state in
            let now = clock()
            let before = state.tables[topic]?.count.sessions ?? 0
            body(&state, now)
            for notice in state.tables[topic]?.notices(now: now) ?? [] { delivery?.deliver(notice, to: topic) }
            let after = state.tables[topic]?.count.sessions ?? 0
            if after != before { members.add(after - before, ordering: .relaxed) }
            schedule(topic, &state)
        }
        if ticks, waiting.load(ordering: .sequentiallyConsistent) > 0 { startTicking() }
    }

    private func schedule(_ topic: TopicName, _ state: inout State) {
        guard let table = state.tables[topic] else { return }
        if let due = table.due, !(state.times[topic]?.contains { $0 <= due } ?? false) {
            state.dues.insert(Due(time: due, topic: topic))
            state.times[topic, default: []].append(due)
            waiting.add(1, ordering: .sequentiallyConsistent)
        }
        if table.isEmpty { state.tables[topic] = nil }
    }

    private func stripe(_ topic: TopicName) -> Stripe {
        stripes[Int(UInt(bitPattern: topic.hashValue) % UInt(stripes.count))]
    }

    /// Looks at what is due until nothing is waiting.
    private func startTicking() {
        guard !isTicking.exchange(true, ordering: .sequentiallyConsistent) else { return }
        Task { [weak self] in
            while (try? await Task.sleep(for: MemoryPresence.tick)) != nil, let self {
                self.tick()
                guard self.waiting.load(ordering: .sequentiallyConsistent) == 0 else { continue }
                self.isTicking.store(false, ordering: .sequentiallyConsistent)
                // what came just before
                if self.waiting.load(ordering: .sequentiallyConsistent) > 0 { self.startTicking() }
                return
            }
        }
    }
}
