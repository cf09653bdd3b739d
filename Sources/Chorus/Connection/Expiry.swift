import ChorusCore
import NIOCore

/// That something of a connection ends at a time of day. These deadlines are beside the connection's own one, which
/// comes and goes with pings.
final class Expiry: Timed {
    var wheelSlot: Int32 = -1
    var wheelIndex: Int32 = -1
    /// In milliseconds since 1970.
    private let end: Int64
    private weak var connection: ConnectionHandler?
    private let expired: (ConnectionHandler) -> Void

    /// A longer time is waited for in parts: somebody may set the clock, and a token may be valid for a million years.
    private static let longestWait: Int64 = 3_600_000

    /// Begins to wait.
    ///
    /// - Parameter end: in milliseconds since 1970.
    init(of connection: ConnectionHandler, at end: Int64, _ expired: @escaping (ConnectionHandler) -> Void) {
        self.end = end
        self.connection = connection
        self.expired = expired
        wait(on: connection)
    }

    func cancel(on connection: ConnectionHandler) { connection.loop.shard.wheel.cancel(self) }

    func deadlineReached(now: NIODeadline) {
        guard let connection else { return }
        if WallClock.milliseconds < end { wait(on: connection) } else { expired(connection) }
    }

    private func wait(on connection: ConnectionHandler) {
        let time = max(0, min(end - WallClock.milliseconds, Expiry.longestWait))
        connection.loop.shard.wheel.set(self, after: .milliseconds(time))
    }
}
