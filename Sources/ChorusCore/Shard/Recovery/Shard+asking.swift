import NIOCore
import Synchronization

extension Shard {
    /// Asks the broker for a page, or for the topic's position, unless somebody has. Until the answer is there, which
    /// may be at once, the subscription waits.
    func ask(_ subscription: Subscription, _ recovery: Recovery, for question: HistoryShelf.Question) {
        let topic = subscription.topic
        guard let past = topic.past else { return }
        recovery.isWaiting = true
        guard past.wait(subscription, for: question, delivered: topic.delivered) else { return }
        let answer = Answer()
        let confined = Confined((shard: self, topic: topic), to: executor)
        topic.topic.readPast(question.query) { [executor] result in
            guard answer.give(result) else { return }
            executor.execute { confined.value.shard.answered(confined.value.topic, question, result) }
        }
        if let result = answer.take() {
            answered(topic, question, result, askedBy: subscription)
        }
    }

    /// - Parameter asking: goes on by itself.
    private func answered(
        _ topic: ShardTopic,
        _ question: HistoryShelf.Question,
        _ result: Result<HistoryPage, ChorusError>,
        askedBy asking: Subscription? = nil
    ) {
        guard let past = topic.past, let request = past.answered(question) else { return }
        switch result {
        case .success(let page):
            past.learn(
                page,
                next: topic.topic.firstPosition(after: topic.delivered),
                asked: request.delivered,
                delivered: topic.delivered
            )
            let answer = page.position.epoch == past.edge?.epoch ? question.page(page) : nil
            if let answer { past.shelf.add(answer) }
            for subscription in request.waiting where subscription.recovery != nil {
                subscription.recovery?.isWaiting = false
                // it may be gone from the shelf before they come for it
                if let answer, answer.covers(subscription.cursor) { subscription.recovery?.page = answer }
                if subscription !== asking { enqueue(subscription.session) }
            }
        case .failure:
            // the broker knows why; the client may have more luck later, on whatever node
            for subscription in request.waiting where subscription.recovery != nil {
                subscription.recovery?.isWaiting = true
                end(subscription.session, .unavailable)
            }
        }
    }
}

/// Where an answer is put that comes before the question has returned; a later one finds nobody waiting here.
private final class Answer: Sendable {
    private enum State: Sendable {
        case open
        case given(Result<HistoryPage, ChorusError>)
        case closed
    }

    private let state = Mutex(State.open)

    /// Returns whether nobody takes it here any more.
    func give(_ result: Result<HistoryPage, ChorusError>) -> Bool {
        state.withLock { state in
            guard case .open = state else { return true }
            state = .given(result)
            return false
        }
    }

    func take() -> Result<HistoryPage, ChorusError>? {
        state.withLock { state in
            defer { state = .closed }
            guard case .given(let result) = state else { return nil }
            return result
        }
    }
}
