package import NIOCore

/// How much a shard does before it lets others have a turn.
package struct ShardLimits: Sendable {
    /// After this many writes, or this long, the thread gets a chance to look at its sockets.
    package var writesPerTurn = 4096
    package var timePerTurn = TimeAmount.milliseconds(1)
    /// A turn that had to wait may take as long as it has waited, up to this: half of it for sessions that catch up,
    /// half for live messages.
    package var longestTurn = TimeAmount.milliseconds(20)
    /// The most bytes that one pass takes from a log; always at least one segment.
    package var bytesPerPass = 256 << 10
    /// The most bytes that one session is given per turn while it catches up; always at least one segment.
    package var bytesPerSession = 256 << 10

    package init() {}
}
