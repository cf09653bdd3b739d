import Synchronization

/// A program's cursor in a topic: in its past first, if it begins there, then in its log.
final class TopicReader: Sendable {
    private let topics: TopicTable
    private let topic: LiveTopic
    private let interest: InterestTable.ID
    private let doorbell = Doorbell()
    private let state: Mutex<State>

    fileprivate struct State: Sendable {
        var cursor: UInt64
        /// What has been read and not been given out.
        var pending: ArraySlice<Message> = []
        /// What is still to be read of the past.
        var past: PastReader?
        /// What was read of the past: messages of the log up to here are not given again.
        var seen: Position?
        /// It fell behind by more than the window, or what it wanted is gone: there is nothing more to read.
        var isLost = false
    }

    /// The most bytes taken at a time.
    private static let limit = 64 << 10

    init(_ reference: TopicReference, from point: StartingPoint, in topics: TopicTable) {
        while true {
            let topic = topics.resolve(reference)
            guard let (id, head) = topic.join(doorbell, slot: 0) else { continue }
            self.topics = topics
            self.topic = topic
            self.interest = id
            self.state = Mutex(State(cursor: head, past: point == .now ? nil : PastReader(point)))
            topic.settle(id, edges: edges(at: head))
            return
        }
    }

    deinit {
        if topic.leave(interest) { topics.release(topic) }
    }

    /// The next message; waits until there is one. `nil` when the task is cancelled, and after an error.
    func next() async throws(ChorusError) -> Message? {
        while !Task.isCancelled {
            let (message, past, isLost) = state.withLock { state in
                (state.pending.popFirst(), state.past, state.isLost)
            }
            if let message { return message }
            if isLost { return nil }
            if let past {
                try await read(past)
                continue
            }
            let isAhead = try state.withLock { state throws(ChorusError) in
                if state.pending.isEmpty { state.pending = try advance(&state) }
                return state.pending.isEmpty && !state.isLost
            }
            if isAhead { await doorbell.wait() }
        }
        return nil
    }

    /// The messages after the cursor, which moves behind them.
    private func advance(_ state: inout State) throws(ChorusError) -> ArraySlice<Message> {
        guard !state.isLost else { return [] }
        let cursor = state.cursor
        let reading = topic.take(interest, after: cursor, edges: edges(at: cursor), limit: TopicReader.limit)
        if topic.overflow == .latest {
            let newest = topic.newest(after: cursor)
            guard newest.lost <= cursor else { throw lose(&state, overflow) }
            state.cursor = newest.entries.last?.number ?? cursor
            return ArraySlice(newest.entries.map(\.message).filter { !state.hasSeen($0) })
        }
        guard reading.first <= cursor + 1 else {
            throw lose(&state, overflow)
        }
        state.cursor = reading.segments.last?.last ?? cursor
        let found = reading.segments.flatMap { $0.messages(after: cursor) }
        return found.filter { $0.notice == nil && !state.hasSeen($0) }[...]
    }

    private var overflow: ChorusError {
        ChorusError(.overflow, "the reader of \(topic.name) fell behind by more than its window")
    }

    /// A program that reads slowly is not to hold the log back as an event loop does, and does not need it where it
    /// reads only the newest messages.
    private func edges(at cursor: UInt64) -> InterestTable.Edges {
        .init(taken: .max, delivered: .max, floor: topic.overflow == .latest ? .max : cursor)
    }

    private func lose(_ state: inout State, _ error: ChorusError) -> ChorusError {
        state.isLost = true
        topic.settle(interest, edges: .init(at: .max))
        return error
    }
}

// MARK: The past

extension TopicReader {
    private func read(_ past: PastReader) async throws(ChorusError) {
        guard topic.hasPast, !past.point.isLatest || topic.options.latest != nil else {
            return try state.withLock { state throws(ChorusError) in
                state.past = nil
                guard case .since(let seen, _) = past.point else { return }
                throw lose(
                    &state,
                    ChorusError(.unrecoverablePosition, "\(topic.name) keeps no history, so not \(seen)")
                )
            }
        }
        let page = try await withUnsafeContinuation { continuation in
            topic.readPast(past.query) { continuation.resume(returning: $0) }
        }.get()
        try state.withLock { state throws(ChorusError) in try take(page, asked: past, &state) }
    }

    private func take(_ page: HistoryPage, asked: PastReader, _ state: inout State) throws(ChorusError) {
        // another task that reads the same stream may have been faster
        guard !state.isLost, var past = state.past, past.position == asked.position else { return }
        do throws(ChorusError) {
            if let found = try past.take(page, topic: topic.name) {
                state.past = past
                state.pending += found
            } else {
                becomeLive(&state, at: past.position)
            }
        } catch {
            throw lose(&state, error)
        }
    }

    /// Nothing of the past is left: on with the log, if it has not gone on by more than its window meanwhile. What is
    /// not in it any more is in the history by now.
    private func becomeLive(_ state: inout State, at position: Position?) {
        let reading = topic.take(interest, after: state.cursor, edges: edges(at: state.cursor), limit: 0)
        let isWhole = reading.first <= state.cursor + 1
        state.cursor = max(state.cursor, reading.first - 1)
        let next = topic.firstPosition(after: state.cursor)
        guard let position,
            next.map({ $0.epoch == position.epoch && $0.offset <= position.offset + 1 }) ?? isWhole
        else { return }
        state.past = nil
        state.seen = position
    }
}

extension TopicReader.State {
    /// Whether a message of the log was read in the history before.
    fileprivate func hasSeen(_ message: Message) -> Bool {
        guard let seen, let position = message.position else { return false }
        return position.epoch == seen.epoch && position.offset <= seen.offset
    }
}
