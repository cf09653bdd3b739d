extension Topic {
    /// What a reader finds: segments that hold what it has not yet delivered, and how far back the log goes.
    struct Reading: Sendable {
        var segments: [TopicLog.Segment]
        /// The lowest sequence that is still in the log.
        var first: UInt64
        /// The newest sequence in the log.
        var head: UInt64
    }

    /// Registers a reader and returns the head, under one lock: from here on it misses nothing.
    ///
    /// Returns `nil` when the topic was retired: look it up again.
    func join(_ wakeable: any Wakeable, slot: Int32) -> (id: InterestTable.ID, head: UInt64)? {
        withState { state in
            guard !state.isRetired else { return nil }
            let head = state.log.head
            return (state.interests.add(wakeable, slot: slot, delivered: head, floor: head), head)
        }
    }

    /// Forgets a reader. Returns whether it was the last one.
    func leave(_ id: InterestTable.ID) -> Bool {
        withState { state in
            state.interests.remove(id)
            guard state.interests.count == 0 else {
                trim(&state)
                return false
            }
            state.log.clear()
            state.latest.clear()
            return true
        }
    }

    /// Marks the topic as gone if nobody follows it. The hub calls it under its table's lock.
    func retire() -> Bool {
        withState { state in
            guard state.interests.count == 0 else { return false }
            state.isRetired = true
            return true
        }
    }

    /// Clears the reader's mark and gives it what is new, at most about `limit` bytes.
    func take(
        _ id: InterestTable.ID,
        after sequence: UInt64,
        delivered: UInt64,
        floor: UInt64,
        limit: Int
    ) -> Reading {
        withState { state in
            state.interests.clearMark(id)
            state.interests.move(id, delivered: delivered, floor: floor)
            trim(&state)
            return Reading(
                segments: state.log.segments(after: sequence, limit: limit),
                first: state.log.first,
                head: state.log.head
            )
        }
    }

    /// Tells how far a reader has come, so that what everybody has taken can go.
    func settle(_ id: InterestTable.ID, delivered: UInt64, floor: UInt64) {
        withState { state in
            state.interests.move(id, delivered: delivered, floor: floor)
            trim(&state)
        }
    }

    /// The segment that holds `sequence`, for a subscription that catches up; `nil` when it is gone.
    func segment(containing sequence: UInt64) -> TopicLog.Segment? {
        withState { $0.log.segment(containing: sequence) }
    }

    /// The newest message of every key after `sequence`, in their order.
    func latest(after sequence: UInt64) -> [(sequence: UInt64, message: Message)] {
        withState { $0.latest.messages(after: sequence) }
    }
}
