import WebSocketWire

/// The text messages of a connection, for one consumer; binary messages are passed over.
///
/// ```swift
/// for await text in connection.texts { print(text) }
/// ```
///
/// It ends and keeps its pace as ``WebSocketMessages`` does, and takes from the same messages.
public struct WebSocketTexts: AsyncSequence, Sendable {
    let connection: WebSocketConnection

    /// Makes the iterator. All iterators take from the same messages.
    public func makeAsyncIterator() -> Iterator { Iterator(connection: connection) }

    /// Takes the texts one by one.
    public struct Iterator: AsyncIteratorProtocol {
        let connection: WebSocketConnection

        /// The next text, or nil at the end of the connection or of the task.
        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async -> String? {
            while let message = await connection.nextMessage() {
                if let text = message.text { return text }
            }
            return nil
        }
    }
}
