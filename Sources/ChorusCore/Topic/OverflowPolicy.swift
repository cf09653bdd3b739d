/// What happens to a subscription that is behind.
public enum OverflowPolicy: Hashable, Sendable {
    /// It catches up as long as it is within the window; beyond, its session is closed (WebSocket close code 1013).
    case disconnect
    /// As `disconnect` within the window; beyond, its client is told that something is lost
    /// (``SubscriptionStart/gap(upTo:edge:)``) and goes on with what is published then. A client that cannot be told,
    /// because it has no envelope, is closed.
    case resync
    /// As soon as it is behind, it reads the newest message of every key in place of the backlog. What it skips is
    /// counted. It leaves no window; only if there were more keys than are kept (``Namespace/latest``, otherwise 10,000
    /// and 16 MiB) it is told that something is lost, or closed. Messages without a key count as values of one and the
    /// same key.
    case latest
}
