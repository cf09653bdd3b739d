public import WebSocketWire

/// The messages of a connection, for one consumer.
///
/// ```swift
/// for await message in connection.messages { print(message.payload.readableBytes) }
/// ```
///
/// The loop ends when the connection does, whatever the reason, and when the task is cancelled; another loop goes on
/// where the last one stopped. A consumer that does not keep up slows the server down: 256 KiB or 1,024 messages wait
/// here, and then the socket is not read, so that pings are not answered either.
public struct WebSocketMessages: AsyncSequence, Sendable {
    let connection: WebSocketConnection

    /// Makes the iterator. All iterators take from the same messages.
    public func makeAsyncIterator() -> Iterator { Iterator(connection: connection) }

    /// Takes the messages one by one.
    public struct Iterator: AsyncIteratorProtocol {
        let connection: WebSocketConnection

        /// The next message, or nil at the end of the connection or of the task.
        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async -> WebSocketMessage? {
            await connection.nextMessage()
        }
    }
}
