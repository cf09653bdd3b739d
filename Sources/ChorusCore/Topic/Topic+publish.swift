package import NIOCore

/// What a publisher has to do after a publish.
package enum Pace: Sendable {
    /// Go on.
    case go
    /// Readers are behind by more than half the window: publish nothing for this long.
    case wait(TimeAmount)
    /// An event loop is behind by the whole window: publish nothing, and ask again after this long.
    case full(TimeAmount)
}

extension Topic {
    /// A window's worth takes a slowed publisher this long: 2 MiB in 100 ms are 20 MiB/s.
    private static let windowTime = TimeAmount.milliseconds(100)
    /// How soon to ask again when an event loop is behind.
    private static let recheck = TimeAmount.milliseconds(5)

    /// Appends a message and wakes the readers. The order of these calls is the order of the topic.
    ///
    /// Returns `false` when the topic was retired: look it up again.
    func append(_ message: Message) -> Bool {
        withState { state in
            guard !state.isRetired else { return false }
            guard state.interests.count > 0 else {
                state.log.skip()
                return true
            }
            state.log.append(message)
            if overflow == .latest { state.latest.record(message, sequence: state.log.head) }
            trim(&state)
            state.interests.wakeAll()
            return true
        }
    }

    /// Whether an event loop is behind by the whole window, so that nothing more should be published.
    var pace: Pace {
        withState { state in isFull(state) ? .full(Topic.recheck) : .go }
    }

    private func isFull(_ state: State) -> Bool {
        guard state.interests.count > 0, state.log.segments.count > 1 else { return false }
        let behind = state.log.head - min(state.log.head, state.interests.edges.delivered)
        guard behind > 0 else { return false }
        // the segments of a log are about alike, so the share of its messages is the share of its bytes
        let bytes = state.log.bytes / max(1, state.log.count) * Int(behind)
        return Int(behind) >= window.messages || bytes >= window.bytes
    }

    /// Says how long the publisher of `cost` bytes is to wait, now that they are in the log.
    func charge(_ cost: Int) -> Pace {
        withState { state in
            let isPressed = state.log.count > window.messages / 2 || state.log.bytes > window.bytes / 2
            guard isPressed else { return .go }
            if isFull(state) { return .full(Topic.recheck) }
            let share = max(1 / Double(window.messages), Double(cost) / Double(window.bytes))
            let time = TimeAmount.nanoseconds(Int64(share * Double(Topic.windowTime.nanoseconds)))
            let now = NIODeadline.now()
            state.pacedUntil = max(now, state.pacedUntil) + time
            return .wait(state.pacedUntil - now)
        }
    }
}
