import Synchronization

/// Users, by the names under which their clients have connected. A user may have any number of sessions.
extension Hub {
    /// Sends a message to every session of a user, ahead of what its topics have for it. Returns when the event loops
    /// of all have it, which is before the clients do.
    ///
    /// - Returns: how many sessions it was sent to; 0 when the user is not here.
    @discardableResult
    public func send(_ message: Message, toUser user: String) async -> Int {
        await forEachSession(of: user) { $0.send($0.frame(message), isReply: false) }
    }

    /// Sends text to every session of a user.
    @discardableResult
    public func send(_ text: String, toUser user: String) async -> Int { await send(Message(text), toUser: user) }

    /// Ends every session of a user (WebSocket close code 4503).
    ///
    /// - Parameter reason: what the client is told, cut at 123 bytes.
    /// - Returns: how many sessions there were.
    @discardableResult
    public func disconnect(user: String, reason: String = "disconnected by the server") async -> Int {
        await forEachSession(of: user) { session in
            // first, so that what the client alone was to receive goes out before the last words
            session.transport?.end(.disconnected(reason))
            session.close()
        }
    }

    /// Takes every session of a user out of a topic. Clients that can be told are told.
    ///
    /// - Returns: how many sessions followed it.
    @discardableResult
    public func unsubscribe(user: String, from topic: TopicName) async -> Int {
        let count = Atomic<Int>(0)
        _ = await forEachSession(of: user) { session in
            guard session.unsubscribe(from: topic.description) else { return }
            count.add(1, ordering: .relaxed)
            session.transport?.subscriptionEnded(topic.description)
        }
        return count.load(ordering: .relaxed)
    }

    /// Takes one session out of a topic. Its client is told, if it can be.
    ///
    /// - Returns: whether it followed it.
    @discardableResult
    public func unsubscribe(_ session: SessionID, from topic: TopicName) async -> Bool {
        for shard in shards {
            let found = await withUnsafeContinuation { continuation in
                shard.execute { shard in
                    let session = shard.session(session)
                    let isFollowing = session?.unsubscribe(from: topic.description) ?? false
                    if isFollowing { session?.transport?.subscriptionEnded(topic.description) }
                    continuation.resume(returning: isFollowing)
                }
            }
            if found { return true }
        }
        return false
    }

    private func forEachSession(of user: String, _ body: @escaping @Sendable (Session) -> Void) async -> Int {
        var count = 0
        for shard in shards {
            count += await withUnsafeContinuation { continuation in
                shard.execute { shard in
                    let sessions = shard.users[user]?.sessions ?? [:]
                    for session in sessions.values { body(session) }
                    continuation.resume(returning: sessions.count)
                }
            }
        }
        return count
    }
}
