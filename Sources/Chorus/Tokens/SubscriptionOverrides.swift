/// In what one subscription is different from what its namespace says; `nil` is as the namespace has it.
///
/// Clients of the Centrifuge protocol get what ``forceRecovery`` and ``forcePositioning`` say; the others are read from
/// tokens, and not used.
public struct SubscriptionOverrides: Sendable, Hashable {
    /// Whether the client is seen by presence.
    public var presence: Bool?
    /// Whether others are told that the client joins and leaves.
    public var joinLeave: Bool?
    /// Whether what was missed comes back whether the client asks for that or not.
    public var forceRecovery: Bool?
    /// Whether the client's position is watched whether it asks for that or not.
    public var forcePositioning: Bool?
    /// Whether the client is told who joins and leaves whether it asks for that or not.
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
}
