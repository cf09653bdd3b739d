import NIOCore

/// The messages of a topic, for a program: from the moment the stream was made, or from a point in the past. A cursor,
/// as a session's subscription is.
///
/// A reader that falls behind by more than the topic's window gets ``ChorusError/Code/overflow`` and then the end; in a
/// topic with ``OverflowPolicy/latest`` it gets the newest message of every key instead. Tasks that read the same
/// stream share its messages.
public struct MessageStream: AsyncSequence, Sendable {
    let reader: TopicReader

    /// Makes an iterator. All iterators share one cursor: each goes on where the last one stopped.
    public func makeAsyncIterator() -> Iterator { Iterator(reader: reader) }

    /// Reads the stream.
    public struct Iterator: AsyncIteratorProtocol {
        let reader: TopicReader

        /// The next message; `nil` when the task is cancelled or the subscription has ended.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(ChorusError) -> Message? {
            try await reader.next()
        }
    }
}
