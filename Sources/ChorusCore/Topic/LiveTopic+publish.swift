import NIOCore

extension LiveTopic {
    /// Appends a message and wakes the readers. The order of these calls is the order of the topic.
    ///
    /// Returns `false` when the topic was retired: look it up again.
    package func append(_ message: Message) -> Bool {
        withState { state in
            guard !state.isRetired else { return false }
            guard state.interests.count > 0 else {
                state.log.skip()
                return true
            }
            state.log.append(message)
            if overflow == .latest { record(message, &state) }
            trim(&state)
            state.interests.wakeAll()
            return true
        }
    }

    private func record(_ message: Message, _ state: inout State) {
        guard message.notice == nil else {
            state.lastNotice = state.log.head
            return
        }
        state.latest.record(message, number: state.log.head, now: .now(), options.latest ?? LiveTopic.latestBounds)
    }

    /// Where a namespace says nothing else.
    private static let latestBounds = Latest()
}
