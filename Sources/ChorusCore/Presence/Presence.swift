/// Knows who is subscribed to a hub's topics, and tells their subscribers.
///
/// The laws of a presence, which `PresenceConformance` of the module ChorusTesting examines:
///
/// 1. A member is there from its join to its leave, or to the end of the grace period after it.
/// 2. Changing who is there and handing the notice of it to ``PresenceDelivery/deliver(_:to:)`` are one atomic step per
///    topic: every hub sees a topic's notices in the order of the changes, and nobody leaves who was not told to have
///    joined.
/// 3. An answer as told (``PresenceQuery/isTold``) is what the notices have said that were delivered before. A hub that
///    gives it to a subscriber, and then passes on what its log brings, leaves nobody out and keeps nobody in. It is
///    given before anything later is delivered.
/// 4. What is told in one topic in one interval is bounded, however many come and go.
/// 5. Of a quiet member (``Member/isQuiet``) nothing is told; it is among those who are there now.
public protocol Presence: Sendable {
    /// Called once, by the hub, before anything else.
    func start(_ delivery: any PresenceDelivery)

    /// A session has subscribed. One that is there already is there with its new user and info.
    ///
    /// - Parameter member: its identifier is that of the session.
    func join(_ member: Member, to topic: TopicName, _ options: PresenceOptions)

    /// A session has no longer subscribed, whatever the reason. Of one that is not there nothing happens.
    func leave(_ session: String, from topic: TopicName, _ options: PresenceOptions)

    /// Says who is there.
    ///
    /// - Parameter completion: called with the answer, possibly before the method returns.
    func state(
        of topic: TopicName,
        _ query: PresenceQuery,
        completion: @escaping @Sendable (Result<PresenceState, ChorusError>) -> Void
    )
}

/// A hub, as a presence sees it.
public protocol PresenceDelivery: Sendable {
    /// Puts a notice into the log of a topic, if somebody follows it.
    func deliver(_ notice: PresenceNotice, to topic: TopicName)
}

/// What is to be said of who is there.
public struct PresenceQuery: Hashable, Sendable {
    /// With more members than this, only their number.
    public var limit: Int
    /// Who is there as the subscribers have been told, and not a member per session as it is now.
    public var isTold: Bool

    /// Makes a query.
    public init(limit: Int, isTold: Bool = false) {
        self.limit = max(0, limit)
        self.isTold = isTold
    }
}

/// Who is there.
public struct PresenceState: Hashable, Sendable {
    /// In no order; `nil` when there are more than were to be named.
    public var members: [Member]?
    /// How many.
    public var count: PresenceCount

    /// Makes a state.
    public init(members: [Member]?, count: PresenceCount) {
        self.members = members
        self.count = count
    }
}
