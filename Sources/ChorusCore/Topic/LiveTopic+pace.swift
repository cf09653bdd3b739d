package import NIOCore

/// What a publisher has to do after a publish.
package enum Pace: Hashable, Sendable {
    /// Go on.
    case go
    /// Readers are behind by more than half the window: publish nothing for this long.
    case wait(TimeAmount)
    /// An event loop is behind by the whole window: publish nothing, and ask again after this long.
    case full(TimeAmount)
}

extension LiveTopic {
    /// A window's worth takes a slowed publisher this long: 2 MiB in 100 ms are 20 MiB/s.
    package static let windowTime = TimeAmount.milliseconds(100)
    /// How soon to ask again when an event loop is behind.
    package static let recheck = TimeAmount.milliseconds(5)

    /// What publishers are to do now: wait while an event loop is behind by the whole window, or while they are being
    /// slowed down.
    var pace: Pace { pace(at: .now()) }

    package func pace(at now: NIODeadline) -> Pace {
        withState { state in
            if isFull(state) { return .full(LiveTopic.recheck) }
            guard isPressed(state), state.pacedUntil > now else { return .go }
            return .wait(state.pacedUntil - now)
        }
    }

    /// Says how long the publisher of `cost` bytes is to wait, now that they are in the log.
    ///
    /// - Parameter waits: whether it does. One that does not makes others wait for no more than a window's time, or
    ///   they would wait long after it has stopped.
    package func charge(_ cost: Int, waits: Bool = true, now: NIODeadline = .now()) -> Pace {
        withState { state in
            if isFull(state) { return .full(LiveTopic.recheck) }
            guard isPressed(state) else { return .go }
            let window = options.window
            let share = max(1 / Double(window.messages), Double(cost) / Double(window.bytes))
            let time = TimeAmount.nanoseconds(Int64(share * Double(LiveTopic.windowTime.nanoseconds)))
            let paced = max(now, state.pacedUntil) + time
            state.pacedUntil = waits ? paced : max(state.pacedUntil, min(paced, now + LiveTopic.windowTime))
            return .wait(state.pacedUntil - now)
        }
    }

    /// Whether the slowest reader has not taken more than half the window.
    private func isPressed(_ state: State) -> Bool {
        options.slowsPublishers
            && isOver(messages: options.window.messages / 2, bytes: options.window.bytes / 2, after: \.floor, state)
    }

    /// Whether an event loop has the whole window before it.
    private func isFull(_ state: State) -> Bool {
        isOver(messages: options.window.messages - 1, bytes: options.window.bytes - 1, after: \.taken, state)
    }

    private func isOver(
        messages: Int,
        bytes: Int,
        after edge: (InterestTable.Edges) -> UInt64,
        _ state: State
    ) -> Bool {
        // the whole log is the most that it can be, and mostly that is one segment
        guard state.log.count > messages || state.log.bytes > bytes else { return false }
        let edge = min(state.log.head, edge(state.interests.edges))
        return state.log.head - edge > messages || state.log.bytes(after: edge) > bytes
    }
}
