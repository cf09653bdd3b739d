import ChorusCore
import NIOCore
import WebSocketWire

/// A token lets a client stay for a time. This deadline is beside the connection's other one, which comes and goes with
/// pings.
extension ConnectionHandler {
    /// That a client has to be gone at a time of day.
    final class Expiry: Timed {
        var wheelSlot: Int32 = -1
        var wheelIndex: Int32 = -1
        /// In milliseconds since 1970.
        private let end: Int64
        private weak var connection: ConnectionHandler?

        /// A longer time is waited for in parts: somebody may set the clock, and a token may be valid for a million
        /// years.
        private static let longestWait: Int64 = 3_600_000

        init(of connection: ConnectionHandler, at end: Int64) {
            self.connection = connection
            self.end = end
        }

        func wait() {
            let time = max(0, min(end - WallClock.milliseconds, Expiry.longestWait))
            connection?.loop.shard.wheel.set(self, after: .milliseconds(time))
        }

        func deadlineReached(now: NIODeadline) {
            if WallClock.milliseconds < end { wait() } else { connection?.expire() }
        }
    }

    /// - Parameter end: in milliseconds since 1970.
    func expires(at end: Int64) {
        let expiry = Expiry(of: self, at: end)
        self.expiry = expiry
        expiry.wait()
    }

    func stopExpiry() {
        if let expiry = expiry.take() { loop.shard.wheel.cancel(expiry) }
    }

    private func expire() {
        // who has hung up ends by itself, when what it had sent has been taken
        if !isLingering { close(.tokenExpired, "the token has expired") }
    }
}
