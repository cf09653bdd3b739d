import Synchronization

extension Hub {
    /// Sends a message to every session of this hub's servers, in the order of the calls. Returns at once.
    ///
    /// A broadcast is not accepted while an event loop is behind by a whole window; it is counted then
    /// (``refusedBroadcastCount``).
    ///
    /// - Parameters:
    ///   - message: what to send.
    ///   - except: a session that does not receive it.
    /// - Returns: whether it was accepted.
    @discardableResult
    public func broadcast(_ message: Message, except session: SessionID? = nil) -> Bool {
        guard case .go = everyoneLog.pace else {
            refusedBroadcasts.add(1, ordering: .relaxed)
            return false
        }
        var message = message
        message.excluded = session
        published.add(1, ordering: .relaxed)
        _ = everyoneLog.append(message)
        return true
    }

    /// How long a session that caused a broadcast is to stop reading, so that one client cannot outrun the others.
    package func broadcastPace(_ message: Message) -> Pace { everyoneLog.charge(message.cost) }

    /// How many broadcasts were not accepted.
    public var refusedBroadcastCount: Int { refusedBroadcasts.load(ordering: .relaxed) }
}
