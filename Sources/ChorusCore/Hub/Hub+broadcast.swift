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
        if case .full = everyoneLog.pace {
            refusedBroadcasts.add(1, ordering: .relaxed)
            return false
        }
        var message = message
        message.excluded = session
        message.time = WallClock.milliseconds
        published.add(1, ordering: .relaxed)
        _ = everyoneLog.append(message)
        _ = everyoneLog.charge(message.cost, waits: false)
        return true
    }

    /// Whether those who cause broadcasts are to wait, so that one client cannot outrun the others.
    package var broadcastPace: Pace { everyoneLog.pace }

    /// How many broadcasts were not accepted.
    public var refusedBroadcastCount: Int { refusedBroadcasts.load(ordering: .relaxed) }
}
