public import ChorusCore
import Synchronization

/// Tokens that are not accepted any more although they are valid: some by their names, others because a user's tokens
/// were made before a certain time.
///
/// ```swift
/// let revocations = Revocations()
/// server.authenticate(with: verifier.checking(revocations))
/// …
/// try revocations.revoke(user: "ann")
/// await hub.disconnect(user: "ann")
/// ```
///
/// It is asked when a token is shown: who is connected already stays. It lies in the memory of this process, and
/// forgets what it need not know any more. Times are seconds since 1970.
public final class Revocations: Sendable {
    /// The most that it remembers at a time.
    public let capacity: Int
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    /// All that a user's tokens give, or one topic.
    fileprivate struct Grant: Hashable {
        let user: String
        let topic: String?
    }

    fileprivate struct Cutoff {
        let issuedBefore: Int64
        let end: Int64
    }

    fileprivate struct State {
        /// Until when each is revoked.
        var tokens: [String: Int64] = [:]
        /// Of one grant none makes another superfluous.
        var grants: [Grant: [Cutoff]] = [:]
        var count = 0
        /// At so many it is looked which are over: at twice as many as were left then, so that it costs little.
        var nextSweep = 64
    }

    /// Makes an empty list.
    ///
    /// - Parameters:
    ///   - capacity: the most revocations at a time. Default 100,000, some 20 MB.
    ///   - now: the time of day, for tests. Default the system's.
    public init(capacity: Int = 100_000, now: (@Sendable () -> Int64)? = nil) {
        self.capacity = capacity
        self.now = now ?? { WallClock.seconds }
    }

    // MARK: Revoking

    /// Revokes one token.
    ///
    /// Throws ``ChorusError/Code/tooMany`` when no more can be remembered: then the token is not revoked.
    ///
    /// - Parameters:
    ///   - id: its name (`jti`).
    ///   - end: when the token ends by itself, and need not be remembered any more. Default never.
    public func revoke(token id: String, until end: Int64? = nil) throws(ChorusError) {
        let end = end ?? .max
        try change { state, hasRoom in
            let before = state.tokens[id]
            guard hasRoom || before != nil else { return nil }
            state.tokens[id] = max(before ?? end, end)
            return before == nil ? 1 : 0
        }
    }

    /// Revokes a user's tokens that were made before a time, or do not say when they were made (`iat`).
    ///
    /// Throws ``ChorusError/Code/tooMany`` when no more can be remembered: then nothing is revoked.
    ///
    /// - Parameters:
    ///   - user: whose.
    ///   - time: those with an earlier `iat`. Default now.
    ///   - topic: only those that give this topic: its subscription tokens, and connection tokens that name it. Default
    ///     all.
    ///   - end: when the last of them has ended by itself, and this need not be remembered any more. Default never.
    public func revoke(
        user: String,
        issuedBefore time: Int64? = nil,
        topic: String? = nil,
        until end: Int64? = nil
    ) throws(ChorusError) {
        let cutoff = Cutoff(issuedBefore: time ?? now(), end: end ?? .max)
        let grant = Grant(user: user, topic: topic)
        try change { state, hasRoom in
            let known = state.grants[grant, default: []]
            if known.contains(where: { $0.covers(cutoff) }) { return 0 }
            let rest = known.filter { !cutoff.covers($0) }
            guard hasRoom || rest.count < known.count else { return nil }
            state.grants[grant] = rest + [cutoff]
            return rest.count + 1 - known.count
        }
    }

    /// How many revocations are remembered now.
    public var count: Int {
        let now = now()
        return state.withLock { state in
            state.sweep(now)
            return state.count
        }
    }

    /// - Parameter body: is told whether there is room for one more. Returns how many there are more than before; `nil`
    ///   when there is no room for what has to be remembered.
    private func change(_ body: (inout State, _ hasRoom: Bool) -> Int?) throws(ChorusError) {
        let now = now()
        let isRemembered = state.withLock { state in
            if state.count >= min(state.nextSweep, capacity) { state.sweep(now) }
            let hasRoom = state.count < capacity
            guard let more = body(&state, hasRoom) else { return false }
            state.count += more
            return true
        }
        guard isRemembered else {
            throw ChorusError(.tooMany, "no more than \(capacity) revocations can be remembered")
        }
    }

    // MARK: Asking

    /// Throws ``TokenRefusal/Code/revoked`` when a token has been revoked.
    public func check(_ token: ConnectionToken) throws(TokenRefusal) {
        try check(token.id, token.user, token.issuedAt, token.subscriptions.map(\.topic))
    }

    /// Throws ``TokenRefusal/Code/revoked`` when a token has been revoked.
    public func check(_ token: SubscriptionToken) throws(TokenRefusal) {
        try check(token.id, token.user, token.issuedAt, [token.topic])
    }

    private func check(_ id: String?, _ user: String, _ issuedAt: Int64?, _ topics: [String]) throws(TokenRefusal) {
        let now = now()
        let isRevoked = state.withLock { state in
            if let id, let end = state.tokens[id], now < end { return true }
            guard !state.grants.isEmpty else { return false }
            return ([nil] + topics).contains { topic in
                state.grants[Grant(user: user, topic: topic)]?.contains { cutoff in
                    now < cutoff.end && issuedAt ?? .min < cutoff.issuedBefore
                } ?? false
            }
        }
        guard !isRevoked else { throw TokenRefusal(.revoked, "the token has been revoked") }
    }
}

extension Revocations.Cutoff {
    /// Whether the other is of no use beside it.
    fileprivate func covers(_ other: Self) -> Bool { issuedBefore >= other.issuedBefore && end >= other.end }
}

extension Revocations.State {
    /// Forgets what is over.
    fileprivate mutating func sweep(_ now: Int64) {
        tokens = tokens.filter { now < $0.value }
        grants = grants.compactMapValues { cutoffs in
            let rest = cutoffs.filter { now < $0.end }
            return rest.isEmpty ? nil : rest
        }
        count = tokens.count + grants.values.reduce(0) { $0 + $1.count }
        nextSweep = max(64, 2 * count)
    }
}
