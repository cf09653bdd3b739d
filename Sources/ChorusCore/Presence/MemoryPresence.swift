import HeapModule
package import NIOCore
import Synchronization

/// A presence for one process and one hub.
///
/// The members of a topic are behind the lock of one of 64 stripes, which is held while somebody joins or leaves and
/// the notice of it is put into the topic's log. It has no thread: while something is to be told or somebody's grace
/// period runs, one task looks every 25 ms at what is due.
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

    private let stripes = Stripes(State())
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
        update(topic, options) { table, now in table.join(member, now: now) }
    }

    /// Takes a member out, at once or after the grace period.
    public func leave(_ session: String, from topic: TopicName, _ options: PresenceOptions) {
        update(topic) { table, now in table.leave(session, now: now) }
    }

    /// Answers at once.
    public func state(
        of topic: TopicName,
        _ query: PresenceQuery,
        completion: @escaping @Sendable (Result<PresenceState, ChorusError>) -> Void
    ) {
        let nobody = PresenceState(members: [], count: PresenceCount(sessions: 0, users: 0))
        let answer = stripes.withLock(of: topic.description) { state -> (PresenceState?, PresenceTable?) in
            guard let table = state.tables[topic] else { return (nobody, nil) }
            // a long list is made without the lock, of a copy, which whoever joins meanwhile pays for
            let isLong = !query.isTold && table.sessionCount <= query.limit
            return isLong ? (nil, table) : (table.state(query), nil)
        }
        completion(.success(answer.0 ?? answer.1?.state(query) ?? nobody))
    }

    /// How many members all topics have together.
    public var memberCount: Int { members.load(ordering: .relaxed) }

    /// How many topics it knows members, or has something to tell, of.
    package var topicCount: Int { stripes.sum { $0.tables.count } }

    /// Does what is due.
    package func tick() {
        let now = clock()
        for stripe in stripes.parts {
            while let topic = stripe.withLock({ popDue(&$0, now: now) }) { update(topic) { _, _ in } }
        }
    }

    private func popDue(_ state: inout State, now: NIODeadline) -> TopicName? {
        guard let due = state.dues.min, due.time <= now else { return nil }
        state.dues.removeMin()
        state.times[due.topic]?.removeAll { $0 == due.time }
        if state.times[due.topic]?.isEmpty ?? false { state.times[due.topic] = nil }
        waiting.subtract(1, ordering: .sequentiallyConsistent)
        return due.topic
    }

    /// Changes who is in a topic, and tells what is to be told now.
    ///
    /// - Parameter options: those of a topic in which nobody may be yet; otherwise nothing happens to such a topic.
    private func update(
        _ topic: TopicName,
        _ options: PresenceOptions? = nil,
        _ body: (inout PresenceTable, NIODeadline) -> Void
    ) {
        let delivery = delivery.withLock { $0 }
        stripes.withLock(of: topic.description) { state in
            guard var table = state.tables.removeValue(forKey: topic) ?? options.map(PresenceTable.init) else { return }
            let now = clock()
            let before = table.sessionCount
            body(&table, now)
            for notice in table.notices(now: now) { delivery?.deliver(notice, to: topic) }
            if table.sessionCount != before { members.add(table.sessionCount - before, ordering: .relaxed) }
            if let due = table.due { schedule(topic, due, &state) }
            if !table.isEmpty { state.tables[topic] = table }
        }
        if ticks, waiting.load(ordering: .sequentiallyConsistent) > 0 { startTicking() }
    }

    private func schedule(_ topic: TopicName, _ due: NIODeadline, _ state: inout State) {
        guard !(state.times[topic]?.contains { $0 <= due } ?? false) else { return }
        state.dues.insert(Due(time: due, topic: topic))
        state.times[topic, default: []].append(due)
        waiting.add(1, ordering: .sequentiallyConsistent)
    }

    /// Looks at what is due until nothing is waiting.
    private func startTicking() {
        guard !isTicking.exchange(true, ordering: .sequentiallyConsistent) else { return }
        Task { [weak self] in
            // a presence belongs to no event loop whose timer it could use
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
