extension Hub {
    /// Follows a topic without a socket: every message that is published from now on, or what the topic has kept first.
    ///
    /// ```swift
    /// for try await message in hub.subscribe(to: topic) { print(message.text) }
    /// ```
    ///
    /// The subscription is registered when this returns, and ends when the stream is released. A reader that falls
    /// behind by more than the topic's window gets ``ChorusError/Code/overflow``, and one that wants what came since a
    /// position, and cannot have all of it any more, ``ChorusError/Code/unrecoverablePosition``, whatever it wants
    /// instead.
    ///
    /// - Parameter point: where to begin. Default with what is published from now on. The last messages are counted when the
    ///   stream is read for the first time.
    public func subscribe(to topic: TopicName, from point: StartingPoint = .now) -> MessageStream {
        MessageStream(reader: TopicReader(.named(topic), from: point, in: topics))
    }
}
