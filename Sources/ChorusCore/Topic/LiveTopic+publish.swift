import NIOCore

extension LiveTopic {
    /// Appends a message and wakes the readers. The order of these calls is the order of the topic.
    ///
    /// Returns `false` when the topic was retired: look it up again.
    package func append(_ message: Message) -> Bool {
        withState { state in
            guard !state.isRetired else { return false }
            guard !state.interests.isEmpty else {
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
        if state.newest.isEmpty { state.newest.append(NewestValues()) }
        guard message.notice == nil else {
            state.newest[0].lastNotice = state.log.head
            return
        }
        let bounds = options.latest ?? LiveTopic.latestBounds
        state.newest[0].table.record(message, number: state.log.head, now: .now(), bounds)
    }

    /// Where a namespace says nothing else.
    private static let latestBounds = Latest()
}
