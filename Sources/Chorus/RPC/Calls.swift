import ChorusCore
import Synchronization

/// The procedures that clients may call, and how many calls are under way.
final class Calls: Sendable {
    let handlers: [String: BroadcastServer.RPCHandler]
    let onSend: BroadcastServer.SendHandler?
    private let limit: Int
    private let running = Atomic<Int>(0)

    init(_ hooks: Hooks, limit: Int) {
        handlers = hooks.procedures
        onSend = hooks.onSend
        self.limit = limit
    }

    /// Whether there is room for one more, which is counted then.
    func begin() -> Bool {
        guard running.add(1, ordering: .relaxed).newValue <= limit else {
            end()
            return false
        }
        return true
    }

    func end() { running.subtract(1, ordering: .relaxed) }
}
