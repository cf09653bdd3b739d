/// A shard's part of a topic: who follows it here, how far they are, and the encoded bytes that they share.
final class ShardTopic {
    let topic: LiveTopic
    /// Where the shard keeps it; what the topic's interest calls it.
    let slot: Int32
    let interest: InterestTable.ID
    /// The live edge: every subscription that keeps up has everything up to here.
    var delivered: UInt64
    /// Everybody here, dense. Order means nothing.
    private(set) var roster = Few<RosterEntry>()
    /// Those who do not keep up.
    private(set) var behind: ContiguousArray<Subscription> = []
    /// A live write to the roster that is under way, possibly over several turns.
    var pass: Pass?
    /// The roster before this index has been served by the pass.
    var served: Int32 = 0
    /// Its log has, or may have, more than the passes so far have taken.
    var hasNews = false
    /// It stands in the shard's queue of topics with something new.
    var isQueued = false
    /// It stands in the shard's list of topics that tell their logs how far they are.
    var isSettling = false
    /// By encoding; grows with the encodings in use.
    private var caches: [EncodingCache] = []
    /// Subscriptions that receive whole messages until they have one that others can be a difference to; and whether a
    /// pass brings them one, or has.
    private var newcomers: [(subscription: Subscription, isServed: Bool)] = []
    /// How many subscriptions here receive a variant of their session's encoding.
    private var variants = 0
    /// Only where there is history.
    let past: ShardPast?
    private var lowestBehind: UInt64 = 0
    private var isLowestStale = false

    final class Pass {
        /// The live edge when the pass is over.
        let target: UInt64
        let segments: Few<TopicLog.Segment>

        init(target: UInt64, segments: Few<TopicLog.Segment>) {
            self.target = target
            self.segments = segments
        }
    }

    init(topic: LiveTopic, slot: Int32, interest: InterestTable.ID, delivered: UInt64) {
        self.topic = topic
        self.slot = slot
        self.interest = interest
        self.delivered = delivered
        self.past = topic.hasPast ? ShardPast(delivered: delivered) : nil
    }

    /// Everything up to here has been taken by everybody here. Those who read only the newest values need no log.
    var floor: UInt64 {
        guard topic.overflow != .latest, !behind.isEmpty else { return delivered }
        if isLowestStale {
            lowestBehind = behind.reduce(.max) { min($0, $1.cursor) }
            isLowestStale = false
        }
        return min(delivered, lowestBehind)
    }

    /// What the log is told.
    var edges: InterestTable.Edges { .init(taken: delivered, delivered: delivered, floor: floor) }

    /// How far a subscription that catches up has to come to be live again: the edge, or the end of the pass that
    /// has already gone by its place.
    func edge(for subscription: Subscription) -> UInt64 {
        guard let pass, subscription.rosterIndex < served else { return delivered }
        return pass.target
    }

    func begin(_ pass: Pass) {
        admitNewcomers()
        serveNewcomers(pass)
        past?.passBegins(pass.segments, after: delivered)
        self.pass = pass
    }

    /// Everybody has been served: the live edge moves.
    func endPass() {
        guard let pass else { return }
        past?.passEnds()
        delivered = pass.target
        self.pass = nil
        served = 0
        trimCaches()
    }

    /// Lets go of what nobody reads any more, here and in the log.
    func settle() {
        trimCaches()
        topic.settle(interest, edges: edges)
    }

    /// How far a subscription that recovers has to come: the same edge as an offset.
    func pastEdge(for subscription: Subscription) -> Position? {
        past?.edge(isPassed: pass != nil && subscription.rosterIndex < served)
    }

    /// A subscription that has just joined is not live until it has read the past.
    func recovers(_ subscription: Subscription, from point: StartingPoint) {
        subscription.recovery = Recovery(point)
        subscription.behindIndex = Subscription.recovers
        subscription.cursor = 0
        entryChanged(of: subscription)
        past?.begins()
    }

    /// What is encoded and at hand.
    var encodedBytes: Int { caches.reduce(0) { $0 + $1.size } }

    private func trimCaches() {
        guard behind.isEmpty else { return }
        for index in caches.indices { caches[index].trim() }
    }

    /// Everything that was written to those who keep up has been taken: from here on they have what comes before.
    private func admitNewcomers() {
        guard !newcomers.isEmpty else { return }
        newcomers.removeAll { subscription, isServed in
            guard subscription.rosterIndex >= 0 else { return true }
            guard isServed, !subscription.isBehind else { return false }
            subscription.becomesRegular()
            entryChanged(of: subscription)
            return true
        }
    }

    /// Who is live when a pass begins receives all that it brings, before anything later. Who is not yet may begin
    /// behind it.
    private func serveNewcomers(_ pass: Pass) {
        guard !newcomers.isEmpty, pass.segments.contains(where: { $0.hasPublication(after: delivered) }) else { return }
        for index in newcomers.indices where newcomers[index].subscription.recovery == nil {
            newcomers[index].isServed = true
        }
    }

    func add(_ subscription: Subscription) {
        if subscription.isNewcomer { newcomers.append((subscription, false)) }
        if subscription.isVariant { variants += 1 }
        subscription.rosterIndex = Int32(roster.count)
        roster.append(RosterEntry(subscription))
    }

    /// What the roster says of a subscription is to be looked at again.
    func entryChanged(of subscription: Subscription) {
        guard subscription.rosterIndex >= 0 else { return }
        roster[Int(subscription.rosterIndex)] = RosterEntry(subscription)
    }

    /// Removes a subscription. During a pass, those whom the pass has not yet reached must stay behind `served`.
    func remove(_ subscription: Subscription) {
        catchesUp(subscription)
        var index = subscription.rosterIndex
        if index < served {
            served -= 1
            move(from: served, to: index)
            index = served
        }
        move(from: Int32(roster.count - 1), to: index)
        roster.removeLast()
        subscription.rosterIndex = -1
        if subscription.isVariant {
            variants -= 1
            if variants == 0 { for index in caches.indices { caches[index].base = nil } }
        }
        // a silent topic must not keep all who were ever here
        if newcomers.count > 2 * roster.count + 16 { newcomers.removeAll { $0.subscription.rosterIndex < 0 } }
    }

    private func move(from source: Int32, to target: Int32) {
        guard source != target else { return }
        let moved = roster[Int(source)]
        roster[Int(target)] = moved
        moved.subscription.rosterIndex = target
    }

    func fallsBehind(_ subscription: Subscription) {
        // it may have left while it was being written to
        guard !subscription.isBehind, subscription.rosterIndex >= 0 else { return }
        subscription.behindIndex = Int32(behind.count)
        behind.append(subscription)
        isLowestStale = true
        entryChanged(of: subscription)
    }

    func catchesUp(_ subscription: Subscription) {
        guard subscription.isBehind else { return }
        let index = Int(subscription.behindIndex)
        subscription.behindIndex = Subscription.keepsUp
        defer { entryChanged(of: subscription) }
        guard subscription.recovery == nil else {
            subscription.recovery = nil
            past?.ends()
            return
        }
        let last = behind.removeLast()
        if last !== subscription {
            behind[index] = last
            last.behindIndex = Int32(index)
        }
        isLowestStale = true
    }

    /// The frames of `segment` from `sequence` on, encoding what is not at hand.
    func frames(of segment: TopicLog.Segment, from sequence: UInt64, _ encoding: ShardEncoding) -> EncodedSegment {
        while caches.count <= encoding.index { caches.append(EncodingCache()) }
        guard encoding.readsPrevious else {
            return caches[encoding.index].frames(of: segment, from: sequence) { message, sequence, encoded in
                encoding.append(message, sequence: sequence, topic: topic.name, to: encoded)
            }
        }
        let base = caches[encoding.index].base ?? EncodingCache.Base()
        caches[encoding.index].base = base
        return caches[encoding.index].frames(of: segment, from: sequence) { message, sequence, encoded in
            let previous = base.before(sequence) ?? publication(before: sequence, in: segment)
            encoding.append(message, after: previous, sequence: sequence, topic: topic.name, to: encoded)
            base.take(message, sequence)
        }
    }

    /// The message before another, if it is at hand.
    private func publication(before sequence: UInt64, in segment: TopicLog.Segment) -> Message? {
        let here = segment.messages[..<Int(sequence - segment.first)].last { $0.notice == nil }
        if let here { return here }
        guard segment.first > 1, let earlier = topic.segment(containing: segment.first - 1) else { return nil }
        return earlier.messages.last { $0.notice == nil }
    }

    /// A cursor of somebody who is behind has moved.
    func cursorMoved() { isLowestStale = true }
}
