import Synchronization

/// Numbers the sessions of a hub and counts those that are open.
final class SessionRegister: Sendable {
    /// Begins anywhere: another process, or hub, has other identifiers.
    private let lastID = Atomic<UInt64>(.random(in: 1..<1 << 42) << 20)
    private let openCount = Atomic<Int>(0)

    /// Sessions that are open now.
    var count: Int { openCount.load(ordering: .relaxed) }

    /// A session opens.
    func open() -> SessionID {
        openCount.add(1, ordering: .relaxed)
        return SessionID(rawValue: lastID.add(1, ordering: .relaxed).newValue)
    }

    /// A session has ended.
    func close() { openCount.subtract(1, ordering: .relaxed) }
}
