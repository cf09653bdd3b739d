import Synchronization

/// A program's cursor in a topic's log.
final class TopicReader: Sendable {
    private let topics: TopicTable
    private let topic: Topic
    private let interest: InterestTable.ID
    private let doorbell = Doorbell()
    private let cursor: Mutex<UInt64>

    /// The most bytes taken at a time.
    private static let limit = 64 << 10

    init(_ reference: TopicReference, in topics: TopicTable) {
        while true {
            let topic = topics.resolve(reference)
            guard let (id, head) = topic.join(doorbell, slot: 0) else { continue }
            // a program that reads slowly is not to hold the log back as an event loop does
            topic.settle(id, delivered: .max, floor: head)
            self.topics = topics
            self.topic = topic
            self.interest = id
            self.cursor = Mutex(head)
            return
        }
    }

    deinit {
        if topic.leave(interest) { topics.release(topic) }
    }

    /// The messages after the cursor; waits until there are some. `nil` when the task is cancelled.
    func read() async throws(ChorusError) -> ArraySlice<Message>? {
        while !Task.isCancelled {
            let cursor = self.cursor.withLock { $0 }
            let reading = topic.take(
                interest,
                after: cursor,
                delivered: .max,
                floor: cursor,
                limit: TopicReader.limit
            )
            guard reading.first <= cursor + 1 else {
                throw ChorusError(.overflow, "the reader of \(topic.name) fell behind by more than its window")
            }
            if let last = reading.segments.last {
                self.cursor.withLock { $0 = last.last }
                return ArraySlice(reading.segments.flatMap { $0.messages(after: cursor) })
            }
            await doorbell.wait()
        }
        return nil
    }
}
