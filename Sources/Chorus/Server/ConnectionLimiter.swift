import Synchronization

/// Counts connections, and says which one is too many.
package final class ConnectionLimiter: Sendable {
    /// The highest counts that are allowed.
    private let mostConnections: Atomic<Int>
    private let mostPerAddress: Atomic<Int>
    private let total = Atomic<Int>(0)
    private let byAddress = Mutex<[String: Int]>([:])

    /// Beyond the limit so many more are accepted to be told so; the rest is closed without a word.
    private static let courtesy = 256

    package init(_ limits: BroadcastServer.Limits) {
        mostConnections = Atomic(limits.connections ?? .max)
        mostPerAddress = Atomic(limits.connectionsPerAddress ?? .max)
    }

    /// Takes other limits. Who is connected stays; those who were not counted by address are not counted later.
    package func set(_ limits: BroadcastServer.Limits) {
        mostConnections.store(limits.connections ?? .max, ordering: .relaxed)
        mostPerAddress.store(limits.connectionsPerAddress ?? .max, ordering: .relaxed)
    }

    /// Connections now.
    package var count: Int { total.load(ordering: .relaxed) }

    /// Whether addresses are counted at all.
    package var countsAddresses: Bool { mostPerAddress.load(ordering: .relaxed) < .max }

    /// Counts a connection. Returns `false` when there are so many that it is to be closed at once.
    package func opened() -> Bool {
        let count = total.add(1, ordering: .relaxed).newValue
        return count - ConnectionLimiter.courtesy <= mostConnections.load(ordering: .relaxed)
    }

    package func closed() { total.subtract(1, ordering: .relaxed) }

    /// Whether a connection that has sent a request is one too many.
    package var isFull: Bool { count > mostConnections.load(ordering: .relaxed) }

    /// Counts a connection of an address. Returns `false`, and does not count it, when the address has too many.
    package func admit(_ address: String) -> Bool {
        let limit = mostPerAddress.load(ordering: .relaxed)
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
