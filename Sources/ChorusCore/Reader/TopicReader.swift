import Synchronization

/// A program's cursor in a topic's log.
final class TopicReader: Sendable {
    private let topics: TopicTable
    private let topic: LiveTopic
    private let interest: InterestTable.ID
    private let doorbell = Doorbell()
    private let state: Mutex<State>

    private struct State: Sendable {
        var cursor: UInt64
        /// It fell behind by more than the window: there is nothing more to read.
        var isLost = false
    }

    /// The most bytes taken at a time.
    private static let limit = 64 << 10

    init(_ reference: TopicReference, in topics: TopicTable) {
        while true {
            let topic = topics.resolve(reference)
            guard let (id, head) = topic.join(doorbell, slot: 0) else { continue }
            self.topics = topics
            self.topic = topic
            self.interest = id
            self.state = Mutex(State(cursor: head))
            topic.settle(id, edges: edges(at: head))
            return
        }
    }

    deinit {
        if topic.leave(interest) { topics.release(topic) }
    }

    /// The messages after the cursor; waits until there are some. `nil` when the task is cancelled, and after an error.
    func read() async throws(ChorusError) -> ArraySlice<Message>? {
        while !Task.isCancelled {
            let found = try state.withLock { state throws(ChorusError) in try advance(&state) }
            guard let found else { return nil }
            if !found.isEmpty { return found }
            await doorbell.wait()
        }
        return nil
    }

    /// The messages after the cursor, which moves behind them; `nil` after the end.
    private func advance(_ state: inout State) throws(ChorusError) -> ArraySlice<Message>? {
        guard !state.isLost else { return nil }
        let cursor = state.cursor
        let reading = topic.take(interest, after: cursor, edges: edges(at: cursor), limit: TopicReader.limit)
        if topic.overflow == .latest {
            let newest = topic.latest(after: cursor)
            state.cursor = newest.last?.sequence ?? cursor
            return ArraySlice(newest.map(\.message))
        }
        guard reading.first <= cursor + 1 else {
            state.isLost = true
            topic.settle(interest, edges: .init(at: .max))
            throw ChorusError(.overflow, "the reader of \(topic.name) fell behind by more than its window")
        }
        state.cursor = reading.segments.last?.last ?? cursor
        return ArraySlice(reading.segments.flatMap { $0.messages(after: cursor) })
    }

    /// A program that reads slowly is not to hold the log back as an event loop does, and does not need it where it
    /// reads only the newest messages.
    private func edges(at cursor: UInt64) -> InterestTable.Edges {
        .init(taken: .max, delivered: .max, floor: topic.overflow == .latest ? .max : cursor)
    }
}
