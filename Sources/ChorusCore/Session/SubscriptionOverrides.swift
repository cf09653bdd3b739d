/// In what one subscription is different from what its namespace says; `nil` is as the namespace has it.
///
/// A namespace without presence, or whose subscribers are not told of it, stays like that: `true` changes nothing there.
public struct SubscriptionOverrides: Sendable, Hashable {
    /// Whether the client is seen by presence. Of one that is not, joins and leaves are not told either.
    public var presence: Bool?
    /// Whether others are told that the client joins and leaves.
    public var joinLeave: Bool?
    /// Whether what was missed comes back whether the client asks for that or not. This and the rest are of the
    /// Centrifuge protocol.
    public var forceRecovery: Bool?
    /// Whether the client's position is watched whether it asks for that or not.
    public var forcePositioning: Bool?
    /// Whether the client is told who joins and leaves whether it asks for that or not. Where presence is told all
    /// clients are; `false` is that this one has to ask.
    public var forcePushJoinLeave: Bool?

    /// Makes overrides; by default nothing is different.
    public init(
        presence: Bool? = nil,
        joinLeave: Bool? = nil,
        forceRecovery: Bool? = nil,
        forcePositioning: Bool? = nil,
        forcePushJoinLeave: Bool? = nil
    ) {
        self.presence = presence
        self.joinLeave = joinLeave
        self.forceRecovery = forceRecovery
        self.forcePositioning = forcePositioning
        self.forcePushJoinLeave = forcePushJoinLeave
    }

    /// What others learn of the client.
    package var visibility: Visibility { presence == false ? .hidden : joinLeave == false ? .quiet : .told }
}
