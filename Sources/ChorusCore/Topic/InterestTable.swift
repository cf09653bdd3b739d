/// Somebody who reads topics and is told when one that it follows has something new.
package protocol Wakeable: AnyObject, Sendable {
    /// Called under the topic's lock: takes a note and returns.
    func wake(_ slot: Int32)
}

/// Who follows a topic: one interest per shard with a subscriber, one per reader in the program.
package struct InterestTable: Sendable {
    /// -1 for the first, otherwise its place among the others.
    package struct ID: Sendable { fileprivate let index: Int32 }

    /// How far an interest, or the slowest of all, has come.
    package struct Edges: Sendable {
        /// Everything up to here has been read from the log, to be delivered.
        package var taken: UInt64
        /// Everything up to here has been handed to the subscriptions that keep up.
        package var delivered: UInt64
        /// Everything up to here has been taken by every subscription.
        package var floor: UInt64

        package init(taken: UInt64, delivered: UInt64, floor: UInt64) {
            self.taken = taken
            self.delivered = delivered
            self.floor = floor
        }

        /// An interest that has everything up to `sequence`.
        package init(at sequence: UInt64) { self.init(taken: sequence, delivered: sequence, floor: sequence) }
    }

    // the small ones last: what follows an interest uses the rest of its last word
    fileprivate struct Interest: Sendable {
        let wakeable: any Wakeable
        var edges: Edges
        /// What the wakeable calls this topic.
        let slot: Int32
        var isDirty: Bool
    }

    /// All but the first, which is in place because most topics have no other.
    private var others: [Interest?] = []
    private var first: Interest?

    var isEmpty: Bool { first == nil && others.isEmpty }

    /// The least of all interests.
    var edges: Edges {
        others.reduce(into: first?.edges ?? Edges(at: .max)) { least, interest in
            guard let edges = interest?.edges else { return }
            least.taken = min(least.taken, edges.taken)
            least.delivered = min(least.delivered, edges.delivered)
            least.floor = min(least.floor, edges.floor)
        }
    }

    mutating func add(_ wakeable: any Wakeable, slot: Int32, edges: Edges) -> ID {
        let interest = Interest(wakeable: wakeable, edges: edges, slot: slot, isDirty: false)
        if first == nil {
            first = interest
            return ID(index: -1)
        }
        if let free = others.firstIndex(where: { $0 == nil }) {
            others[free] = interest
            return ID(index: Int32(free))
        }
        others.append(interest)
        return ID(index: Int32(others.count - 1))
    }

    mutating func remove(_ id: ID) {
        if id.index < 0 { first = nil } else { others[Int(id.index)] = nil }
        while case .some(.none) = others.last { others.removeLast() }
        if others.isEmpty { others = [] }
    }

    /// What the wakeable calls this topic, if it is interested.
    func slot(of wakeable: any Wakeable) -> Int32? {
        if let first, first.wakeable === wakeable { return first.slot }
        return others.lazy.compactMap { $0 }.first { $0.wakeable === wakeable }?.slot
    }

    /// The mark is cleared before the log is read, so that what is appended later marks again.
    mutating func clearMark(_ id: ID) {
        if id.index < 0 { first?.isDirty = false } else { others[Int(id.index)]?.isDirty = false }
    }

    mutating func move(_ id: ID, to edges: Edges) {
        if id.index < 0 { first?.edges = edges } else { others[Int(id.index)]?.edges = edges }
    }

    mutating func wakeAll() {
        first?.wake()
        for index in others.indices { others[index]?.wake() }
    }
}

extension InterestTable.Interest {
    fileprivate mutating func wake() {
        guard !isDirty else { return }
        isDirty = true
        wakeable.wake(slot)
    }
}
