import Synchronization

/// Counts connections, and says which one is too many.
package final class ConnectionLimiter: Sendable {
    private let limits: BroadcastServer.Limits
    private let total = Atomic<Int>(0)
    private let byAddress = Mutex<[String: Int]>([:])

    /// Beyond the limit so many more are accepted to be told so; the rest is closed without a word.
    private static let courtesy = 256

    package init(_ limits: BroadcastServer.Limits) { self.limits = limits }

    /// Connections now.
    package var count: Int { total.load(ordering: .relaxed) }

    /// Whether addresses are counted at all.
    package var countsAddresses: Bool { limits.connectionsPerAddress != nil }

    /// Counts a connection. Returns `false` when there are so many that it is to be closed at once.
    package func opened() -> Bool {
        let count = total.add(1, ordering: .relaxed).newValue
        guard let limit = limits.connections else { return true }
        return count - ConnectionLimiter.courtesy <= limit
    }

    package func closed() { total.subtract(1, ordering: .relaxed) }

    /// Whether a connection that has sent a request is one too many.
    package var isFull: Bool {
        guard let limit = limits.connections else { return false }
        return count > limit
    }

    /// Counts a connection of an address. Returns `false`, and does not count it, when the address has too many.
    package func admit(_ address: String) -> Bool {
        guard let limit = limits.connectionsPerAddress else { return true }
        return byAddress.withLock { counts in
            guard counts[address, default: 0] < limit else { return false }
            counts[address, default: 0] += 1
            return true
        }
    }

    package func release(_ address: String) {
        byAddress.withLock { counts in
            guard let count = counts[address] else { return }
            counts[address] = count > 1 ? count - 1 : nil
        }
    }
}
