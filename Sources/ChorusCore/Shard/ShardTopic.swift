/// A shard's part of a topic: who follows it here, how far they are, and the encoded bytes that they share.
final class ShardTopic {
    let topic: Topic
    /// Where the shard keeps it; what the topic's interest calls it.
    let slot: Int32
    let interest: InterestTable.ID
    /// The live edge: every subscription that keeps up has everything up to here.
    var delivered: UInt64
    /// Everybody here, dense. Order means nothing.
    private(set) var roster: ContiguousArray<Subscription> = []
    /// Those who do not keep up.
    private(set) var behind: ContiguousArray<Subscription> = []
    /// A live write to the roster that is under way, possibly over several turns.
    var pass: Pass?
    /// It stands in the shard's queue of topics with something new.
    var isQueued = false
    /// By encoding; grows with the encodings in use.
    private var caches: [EncodingCache] = []
    private var lowestBehind: UInt64 = 0
    private var isLowestStale = false

    struct Pass {
        /// The live edge when the pass is over.
        let target: UInt64
        let segments: [TopicLog.Segment]
        /// The log has more than this pass takes.
        let isPartial: Bool
        /// The roster before this index has been served.
        var next = 0
    }

    init(topic: Topic, slot: Int32, interest: InterestTable.ID, delivered: UInt64) {
        self.topic = topic
        self.slot = slot
        self.interest = interest
        self.delivered = delivered
    }

    /// Everything up to here has been taken by everybody here. Those who read only the newest values need no log.
    var floor: UInt64 {
        guard topic.overflow != .latest, !behind.isEmpty else { return delivered }
        if isLowestStale {
            lowestBehind = behind.reduce(delivered) { min($0, $1.cursor) }
            isLowestStale = false
        }
        return lowestBehind
    }

    /// How far a subscription that catches up has to come to be live again: the edge, or the end of the pass that
    /// has already gone by its place.
    func edge(for subscription: Subscription) -> UInt64 {
        guard let pass, subscription.rosterIndex < pass.next else { return delivered }
        return pass.target
    }

    func add(_ subscription: Subscription) {
        subscription.rosterIndex = roster.count
        roster.append(subscription)
    }

    /// Removes a subscription. During a pass, those whom the pass has not yet reached must stay behind its index.
    func remove(_ subscription: Subscription) {
        catchesUp(subscription)
        var index = subscription.rosterIndex
        if let next = pass?.next, index < next {
            move(from: next - 1, to: index)
            index = next - 1
            pass?.next = index
        }
        move(from: roster.count - 1, to: index)
        roster.removeLast()
    }

    private func move(from source: Int, to target: Int) {
        guard source != target else { return }
        roster[target] = roster[source]
        roster[target].rosterIndex = target
    }

    func fallsBehind(_ subscription: Subscription) {
        guard !subscription.isBehind else { return }
        subscription.isBehind = true
        subscription.behindIndex = behind.count
        behind.append(subscription)
        isLowestStale = true
    }

    func catchesUp(_ subscription: Subscription) {
        guard subscription.isBehind else { return }
        subscription.isBehind = false
        let last = behind.removeLast()
        if last !== subscription {
            behind[subscription.behindIndex] = last
            last.behindIndex = subscription.behindIndex
        }
        isLowestStale = true
    }

    /// The frames of `segment` from `sequence` on; calls `encode` for those that are not at hand.
    func frames(
        of segment: TopicLog.Segment,
        from sequence: UInt64,
        _ encoding: Int,
        encode: (Message, UInt64, EncodedSegment) -> Void
    ) -> EncodedSegment {
        while caches.count <= encoding { caches.append(EncodingCache()) }
        return caches[encoding].frames(of: segment, from: sequence, encode: encode)
    }

    /// Lets go of older segments; nobody is behind.
    func trimCaches() {
        for index in caches.indices { caches[index].trim() }
    }

    /// A cursor of somebody who is behind has moved.
    func cursorMoved() { isLowestStale = true }
}
