/// Somebody who reads topics and is told when one that it follows has something new.
protocol Wakeable: Sendable {
    /// Called under the topic's lock: takes a note and returns.
    func wake(_ slot: Int32)
}

/// Who follows a topic: one interest per shard with a subscriber, one per reader in the program.
struct InterestTable: Sendable {
    struct ID: Sendable { fileprivate let index: Int }

    private struct Interest: Sendable {
        let wakeable: any Wakeable
        /// What the wakeable calls this topic.
        let slot: Int32
        var isDirty: Bool
        /// Everything up to here has been handed to the subscriptions that keep up.
        var delivered: UInt64
        /// Everything up to here has been taken by every subscription.
        var floor: UInt64
    }

    private var interests: [Interest?] = []
    private(set) var count = 0

    /// The least that all interests have delivered, and the least that all have taken.
    var edges: (delivered: UInt64, floor: UInt64) {
        var delivered = UInt64.max
        var floor = UInt64.max
        for case let interest? in interests {
            delivered = min(delivered, interest.delivered)
            floor = min(floor, interest.floor)
        }
        return (delivered, floor)
    }

    mutating func add(_ wakeable: any Wakeable, slot: Int32, delivered: UInt64, floor: UInt64) -> ID {
        count += 1
        let interest = Interest(wakeable: wakeable, slot: slot, isDirty: false, delivered: delivered, floor: floor)
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

    mutating func move(_ id: ID, delivered: UInt64, floor: UInt64) {
        interests[id.index]?.delivered = delivered
        interests[id.index]?.floor = floor
    }

    mutating func wakeAll() {
        for index in interests.indices {
            guard let interest = interests[index], !interest.isDirty else { continue }
            interests[index]?.isDirty = true
            interest.wakeable.wake(interest.slot)
        }
    }
}
