/// Somebody who reads topics and is told when one that it follows has something new.
package protocol Wakeable: Sendable {
    /// Called under the topic's lock: takes a note and returns.
    func wake(_ slot: Int32)
}

/// Who follows a topic: one interest per shard with a subscriber, one per reader in the program.
package struct InterestTable: Sendable {
    package struct ID: Sendable { fileprivate let index: Int }

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

    private struct Interest: Sendable {
        let wakeable: any Wakeable
        /// What the wakeable calls this topic.
        let slot: Int32
        var isDirty: Bool
        var edges: Edges
    }

    private var interests: [Interest?] = []
    private(set) var count = 0

    /// The least of all interests.
    var edges: Edges {
        interests.reduce(into: Edges(at: .max)) { least, interest in
            guard let edges = interest?.edges else { return }
            least.taken = min(least.taken, edges.taken)
            least.delivered = min(least.delivered, edges.delivered)
            least.floor = min(least.floor, edges.floor)
        }
    }

    mutating func add(_ wakeable: any Wakeable, slot: Int32, edges: Edges) -> ID {
        count += 1
        let interest = Interest(wakeable: wakeable, slot: slot, isDirty: false, edges: edges)
        if let free = interests.firstIndex(where: { $0 == nil }) {
            interests[free] = interest
            return ID(index: free)
        }
        interests.append(interest)
        return ID(index: interests.count - 1)
    }

    mutating func remove(_ id: ID) {
        count -= 1
        interests[id.index] = nil
        while case .some(.none) = interests.last { interests.removeLast() }
    }

    /// The mark is cleared before the log is read, so that what is appended later marks again.
    mutating func clearMark(_ id: ID) { interests[id.index]?.isDirty = false }

    mutating func move(_ id: ID, to edges: Edges) { interests[id.index]?.edges = edges }

    mutating func wakeAll() {
        for index in interests.indices {
            guard let interest = interests[index], !interest.isDirty else { continue }
            interests[index]?.isDirty = true
            interest.wakeable.wake(interest.slot)
        }
    }
}
