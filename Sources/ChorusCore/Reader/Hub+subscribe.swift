extension Hub {
    /// Follows a topic without a socket: every message that is published from now on.
    ///
    /// ```swift
    /// for try await message in hub.subscribe(to: topic) { print(message.text) }
    /// ```
    ///
    /// The subscription is registered when this returns, and ends when the stream is released. A reader that falls
    /// behind by more than the topic's window gets ``ChorusError/Code/overflow``.
    public func subscribe(to topic: TopicName) -> MessageStream {
        MessageStream(reader: TopicReader(.named(topic), in: topics))
    }
}
