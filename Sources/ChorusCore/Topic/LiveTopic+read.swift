import DequeModule

extension LiveTopic {
    /// What a reader finds: segments that hold what it has not yet read, and how far the log goes.
    package struct Reading: Sendable {
        package var segments: Few<TopicLog.Segment>
        /// The lowest sequence that is still in the log.
        package var first: UInt64
        /// The newest sequence in the log.
        package var head: UInt64
    }

    /// Registers a reader and returns the head, under one lock: from here on it misses nothing.
    ///
    /// Returns `nil` when the topic was retired: look it up again.
    package func join(_ wakeable: any Wakeable, slot: Int32) -> (id: InterestTable.ID, head: UInt64)? {
        withState { state in
            guard !state.isRetired else { return nil }
            let head = state.log.head
            return (state.interests.add(wakeable, slot: slot, edges: .init(at: head)), head)
        }
    }

    /// What a reader calls the topic, if it is registered.
    func slot(of wakeable: any Wakeable) -> Int32? { withState { $0.interests.slot(of: wakeable) } }

    /// Forgets a reader. Returns whether it was the last one.
    package func leave(_ id: InterestTable.ID) -> Bool {
        withState { state in
            state.interests.remove(id)
            guard state.interests.isEmpty else {
                trim(&state)
                return false
            }
            state.log.clear()
            state.newest = []
            return true
        }
    }

    /// Marks the topic as gone if nobody follows it. The hub calls it under its table's lock.
    package func retire() -> Bool {
        withState { state in
            guard state.interests.isEmpty else { return false }
            state.isRetired = true
            return true
        }
    }

    /// Clears the reader's mark and gives it what is new after `sequence`, at most about `limit` bytes.
    package func take(_ id: InterestTable.ID, after sequence: UInt64, edges: InterestTable.Edges, limit: Int) -> Reading
    {
        withState { state in
            state.interests.clearMark(id)
            let segments = state.log.segments(after: sequence, limit: limit)
            var edges = edges
            edges.taken = max(edges.taken, segments.last?.last ?? 0)
            state.interests.move(id, to: edges)
            trim(&state)
            return Reading(segments: segments, first: state.log.first, head: state.log.head)
        }
    }

    /// Tells how far a reader has come, so that what everybody has taken can go.
    package func settle(_ id: InterestTable.ID, edges: InterestTable.Edges) {
        withState { state in
            state.interests.move(id, to: edges)
            trim(&state)
        }
    }

    /// The segment that holds `sequence`, for a subscription that catches up; `nil` when it is gone.
    package func segment(containing sequence: UInt64) -> TopicLog.Segment? {
        withState { $0.log.segment(containing: sequence) }
    }

    /// What a reader finds that reads the newest message of every key in place of the backlog.
    struct Newest: Sendable {
        let entries: [LatestTable.Entry]
        /// There were more keys than are kept: up to this sequence some are missing.
        let lost: UInt64
        /// There are notices among what it skips.
        let hasNotices: Bool
    }

    /// The newest message of every key after `sequence`, in their order.
    func newest(after sequence: UInt64) -> Newest {
        withState { state in
            guard let newest = state.newest.first else { return Newest(entries: [], lost: 0, hasNotices: false) }
            return Newest(
                entries: newest.table.messages(after: sequence),
                lost: newest.table.lost,
                hasNotices: newest.lastNotice > sequence
            )
        }
    }

    /// The position of the first message after `sequence` that has one.
    func firstPosition(after sequence: UInt64) -> Position? {
        withState { state in
            for segment in state.log.segments where segment.last > sequence {
                for message in segment.messages(after: sequence) {
                    if let position = message.position { return position }
                }
            }
            return nil
        }
    }

    /// Whether there is, or may have been, a notice after `sequence`.
    func hasNotices(after sequence: UInt64) -> Bool {
        withState { state in
            sequence + 1 < state.log.first
                || state.log.segments.contains { segment in
                    segment.messages(after: sequence).contains { $0.notice != nil }
                }
        }
    }

    /// The sequence of the newest message.
    package var head: UInt64 { withState { $0.log.head } }
}
