import NIOCore
import Synchronization

/// A topic that somebody follows: its log, and who wants to know when something is appended.
///
/// Everything mutable is behind one lock, the topic's. It is taken up to three times per publish, and once per shard
/// and turn by those who read; while it is held, mailboxes are posted to, doorbells are rung, and nothing else is
/// called (`docs/design/concurrency.md`).
package final class LiveTopic: Sendable {
    package let name: String
    let namespace: TopicNamespace
    private let state = Mutex(State())

    /// - Parameter name: empty for the hub's own topic, which has none.
    package init(name: String, in namespace: TopicNamespace) {
        self.name = name
        self.namespace = namespace
    }

    var options: Namespace { namespace.options }

    var overflow: OverflowPolicy { namespace.options.overflow }

    /// Whether something of it is kept for those who come late or come back.
    var hasPast: Bool { namespace.kept != nil && !name.isEmpty }

    deinit {
        state.withLock { state in
            namespace.budget.add(-state.log.bytes)
            if state.log.segments.count > 1 { namespace.budget.addHolder(-1) }
        }
    }

    /// Reads what is kept of it.
    func readPast(
        _ query: HistoryQuery,
        completion: @escaping @Sendable (Result<HistoryPage, ChorusError>) -> Void
    ) {
        let kept = namespace.kept ?? .nothing
        namespace.broker.history(of: TopicName(known: name), keeping: kept, query, completion: completion)
    }

    struct State: Sendable {
        var log = TopicLog()
        /// None, or one: most topics need none.
        var newest: [NewestValues] = []
        var pacedUntil = NIODeadline.uptimeNanoseconds(0)
        var interests = InterestTable()
        /// Removed from the hub's table: whoever looked it up before must look again.
        var isRetired = false
    }

    /// Runs `body` under the lock and settles the budget afterwards.
    func withState<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        state.withLock { state in
            let bytes = state.log.bytes
            let wasHolder = state.log.segments.count > 1
            let result = body(&state)
            let change = state.log.bytes - bytes
            if change != 0 { namespace.budget.add(change) }
            let isHolder = state.log.segments.count > 1
            if isHolder != wasHolder { namespace.budget.addHolder(isHolder ? 1 : -1) }
            return result
        }
    }

    /// What everybody has taken may stay for the next message to be appended to if it costs no more than this.
    package static let keptBytes = 4 << 10

    /// Drops what every reader has taken, then what is outside the window (a segment goes when the rest alone fills it,
    /// so that no reader within the window loses anything), but never what a shard has not yet delivered: a
    /// subscription that keeps up is not to suffer from a busy event loop.
    func trim(_ state: inout State) {
        guard state.log.segments.count > 1 || state.log.bytes > LiveTopic.keptBytes else { return }
        let edges = state.interests.edges
        guard state.log.head > edges.floor else {
            if state.log.segments.last?.bytes ?? 0 > LiveTopic.keptBytes { return state.log.clear() }
            while state.log.segments.count > 1 { state.log.dropFirst() }
            return
        }
        let window = options.window
        let allowance = namespace.budget.allowance(for: window)
        while state.log.segments.count > 1, let oldest = state.log.segments.first {
            let isTaken = oldest.last <= edges.floor
            let isOutside =
                state.log.bytes - oldest.bytes >= allowance || state.log.head - oldest.last >= window.messages
            guard isTaken || (isOutside && oldest.last <= edges.delivered) else { return }
            state.log.dropFirst()
        }
    }
}
