extension Hub {
    /// Who is subscribed to a topic, a member per session, in no order. A user whose session has just ended is there
    /// for the grace period (``PresenceOptions/grace``).
    ///
    /// Throws ``ChorusError/Code/noPresence`` when the topic's namespace has none.
    ///
    /// - Parameter limit: with more sessions than this, an error (``ChorusError/Code/tooMany``). Default 10,000.
    public func presence(in topic: TopicName, limit: Int = 10_000) async throws(ChorusError) -> [Member] {
        let state = try await presenceState(of: topic, limit: limit)
        guard let members = state.members else {
            throw ChorusError(.tooMany, "\(topic) has \(state.count.sessions) sessions, more than \(limit)")
        }
        return members
    }

    /// How many are subscribed to a topic. Throws as ``presence(in:limit:)``.
    public func presenceCount(in topic: TopicName) async throws(ChorusError) -> PresenceCount {
        try await presenceState(of: topic, limit: 0).count
    }

    private func presenceState(of topic: TopicName, limit: Int) async throws(ChorusError) -> PresenceState {
        guard namespaces[topic].options.presence.isOn else {
            throw ChorusError(.noPresence, "\(topic) has no presence")
        }
        return try await withUnsafeContinuation { continuation in
            presence.state(of: topic, PresenceQuery(limit: limit)) { continuation.resume(returning: $0) }
        }.get()
    }
}
