/// A subscription in its topic's roster, with all that a live write needs of it: as long as nothing is in the way, the
/// write touches nothing but the roster, which lies in one piece.
struct RosterEntry {
    let subscription: Subscription
    /// Where a live write goes; `none` where something is in the way: the subscription does not keep up, its session has
    /// something else to be written first, or its transport does not write to a socket.
    private(set) var socket: Socket
    /// What it is written, ``ShardEncoding/index``.
    let encoding: UInt16
    /// Its session follows other topics, and what they have in the same turn goes out in the same write.
    private(set) var followsOthers: Bool

    init(_ subscription: Subscription) {
        let session = subscription.session
        self.subscription = subscription
        self.socket = subscription.isBehind ? .none : session.liveSocket
        self.encoding = UInt16(subscription.encoding.index)
        self.followsOthers = session.subscriptions.count > 1
    }
}
