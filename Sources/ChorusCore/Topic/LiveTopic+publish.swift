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
            if overflow == .latest { state.latest.record(message, sequence: state.log.head) }
            trim(&state)
            state.interests.wakeAll()
            return true
        }
    }
}
