public import NIOCore

/// Whether it is known who is subscribed to a topic, and what its subscribers are told of that.
///
/// `true` is presence with all its defaults: every session is a member, joins and leaves are told.
public struct PresenceOptions: Hashable, Sendable, ExpressibleByBooleanLiteral {
    /// Whether it is known who is subscribed.
    public var isOn: Bool
    /// Whether subscribers are told who joins and leaves. Default yes.
    public var isTold: Bool
    /// Whether a user is told of once, however many sessions he has. Default no: every session is told of. Sessions
    /// without a user are always told of one by one.
    public var isPerUser: Bool
    /// A user who comes back so soon has not left. Default 3 seconds. Sessions without a user leave at once, because
    /// nobody knows who comes back.
    public var grace: TimeAmount
    /// Joins and leaves are told at once, and then not again for so long: what happens meanwhile is told together.
    /// Default 100 ms; longer with more than 1,000 members, so that a topic's notices are at most 10,000 frames a
    /// second.
    public var interval: TimeAmount
    /// With more members than this only their number is told. Default 200, at most 10,000.
    public var listLimit: Int

    /// Makes options; everything has a default.
    public init(
        isTold: Bool = true,
        isPerUser: Bool = false,
        grace: TimeAmount = .seconds(3),
        interval: TimeAmount = .milliseconds(100),
        listLimit: Int = 200
    ) {
        self.isOn = true
        self.isTold = isTold
        self.isPerUser = isPerUser
        self.grace = max(.zero, grace)
        self.interval = max(.zero, interval)
        self.listLimit = min(max(0, listLimit), PresenceOptions.mostListed)
    }

    static let mostListed = 10_000

    /// Presence with its defaults, or none.
    public init(booleanLiteral isOn: Bool) {
        self.init()
        self.isOn = isOn
    }
}
