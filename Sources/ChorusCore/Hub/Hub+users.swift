public import NIOCore
import Synchronization

/// Users, by the names under which their clients have connected. A user may have any number of sessions.
extension Hub {
    /// Sends a message to every session of a user, ahead of what its topics have for it. Returns when the event loops
    /// of all have it, which is before the clients do.
    ///
    /// - Returns: how many sessions it was sent to; 0 when the user is not here.
    @discardableResult
    public func send(_ message: Message, toUser user: String) async -> Int {
        await forEach(SessionSelection(user: user)) { $0.send($0.frame(message), isReply: false) }
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
        await disconnect(SessionSelection(user: user), reason: reason)
    }

    /// Ends sessions.
    ///
    /// - Parameters:
    ///   - code: the close code, 3000 to 4999 (RFC 6455 section 7.4.2). Default the protocol's own for this, 4503 on a
    ///     plain WebSocket.
    ///   - reason: what the client is told, cut at 123 bytes.
    /// - Returns: how many sessions there were.
    @discardableResult
    public func disconnect(
        _ selection: SessionSelection,
        code: UInt16? = nil,
        reason: String = "disconnected by the server"
    ) async -> Int {
        await forEach(selection) { session in
            // first, so that what the client alone was to receive goes out before the last words
            session.transport?.end(.disconnected(reason, code: code))
            session.close()
        }
    }

    /// Lets clients follow a topic, as far as their protocol can say so.
    ///
    /// - Returns: how many do that did not before.
    @discardableResult
    public func subscribe(
        _ selection: SessionSelection,
        to topic: TopicName,
        _ terms: FollowTerms = FollowTerms()
    ) async -> Int {
        let count = Atomic<Int>(0)
        _ = await forEach(selection) { session in
            if session.transport?.follow(topic, terms) ?? false { count.add(1, ordering: .relaxed) }
        }
        return count.load(ordering: .relaxed)
    }

    /// Says anew how long connections may last whose protocol knows of that, and what is said of them.
    ///
    /// - Parameters:
    ///   - time: until when, in seconds since 1970; `nil` for as long as they like.
    ///   - info: one JSON value, which is said of what they publish and follow from now on; `nil` for what was said
    ///     before.
    /// - Returns: how many sessions there were.
    @discardableResult
    public func refresh(_ selection: SessionSelection, until time: Int64?, info: ByteBuffer? = nil) async -> Int {
        await forEach(selection) { $0.transport?.refresh(until: time, info: info) }
    }

    /// Takes every session of a user out of a topic. Clients that can be told are told.
    ///
    /// - Returns: how many sessions followed it.
    @discardableResult
    public func unsubscribe(user: String, from topic: TopicName) async -> Int {
        await unsubscribe(SessionSelection(user: user), from: topic)
    }

    /// Takes sessions out of a topic, or out of all that they follow by name. Clients that can be told are told.
    ///
    /// - Parameter topic: `nil` for all.
    /// - Returns: how many sessions followed it, or any.
    @discardableResult
    public func unsubscribe(_ selection: SessionSelection, from topic: TopicName?) async -> Int {
        let count = Atomic<Int>(0)
        _ = await forEach(selection) { session in
            // broadcasts come through a topic without a name
            let names = topic.map { [$0.description] } ?? session.topics.filter { !$0.isEmpty }
            let left = names.count { name in
                guard session.unsubscribe(from: name) else { return false }
                session.transport?.subscriptionEnded(name)
                return true
            }
            if left > 0 { count.add(1, ordering: .relaxed) }
        }
        return count.load(ordering: .relaxed)
    }

    /// Takes one session out of a topic. Its client is told, if it can be.
    ///
    /// - Returns: whether it followed it.
    @discardableResult
    public func unsubscribe(_ session: SessionID, from topic: TopicName) async -> Bool {
        for shard in shards {
            let found = await shard.value { shard in
                let session = shard.session(session)
                let isFollowing = session?.unsubscribe(from: topic.description) ?? false
                if isFollowing { session?.transport?.subscriptionEnded(topic.description) }
                return isFollowing
            }
            if found { return true }
        }
        return false
    }
}
