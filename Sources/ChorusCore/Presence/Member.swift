public import NIOCore

/// Somebody who is subscribed to a topic.
public struct Member: Hashable, Sendable, Identifiable {
    /// Identifies the member within its topic: the session that it came with, or where users are told of once
    /// (``PresenceOptions/isPerUser``) `@` and the user's name. A user's session that takes the place of one that has
    /// ended within the grace period keeps the identifier.
    public var id: String
    /// Who it is; `nil` if nobody has said.
    public var user: String?
    /// What was said of it when it joined: one JSON value. Where users are told of once, when the first of his sessions
    /// did.
    public var info: ByteBuffer?
    /// What was said of its connection, as by its token: one JSON value.
    public var connectionInfo: ByteBuffer?
    /// Who asks finds it; subscribers are told neither of it nor of its number, and it leaves without a grace period.
    public var isQuiet: Bool

    /// The longest info, in bytes of JSON.
    public static let longestInfo = 1024

    /// Makes a member.
    public init(
        id: String,
        user: String? = nil,
        info: ByteBuffer? = nil,
        connectionInfo: ByteBuffer? = nil,
        isQuiet: Bool = false
    ) {
        self.id = id
        self.user = user
        self.info = info
        self.connectionInfo = connectionInfo
        self.isQuiet = isQuiet
    }
}

/// How many are subscribed to a topic.
public struct PresenceCount: Hashable, Sendable {
    /// Sessions.
    public var sessions: Int
    /// Different users; sessions without one are not counted here.
    public var users: Int
    /// Sessions without a user.
    public var anonymous: Int

    /// Makes a count.
    public init(sessions: Int, users: Int, anonymous: Int = 0) {
        self.sessions = sessions
        self.users = users
        self.anonymous = anonymous
    }
}
