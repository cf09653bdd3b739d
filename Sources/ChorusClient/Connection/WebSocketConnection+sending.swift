public import NIOCore
public import WebSocketWire

extension WebSocketConnection {
    /// Sends a text, and returns when the socket has taken it: a server that does not read slows its sender down.
    ///
    /// Throws ``WebSocketClientError/Code/connectionClosed``. After ``WebSocketClientError/Code/cancelled`` it is open
    /// whether the text will arrive.
    public func send(_ text: String) async throws(WebSocketClientError) {
        try await send(WebSocketMessage(kind: .text, payload: ByteBuffer(string: text)))
    }

    /// Sends the readable bytes of a buffer as a binary message, in the way of ``send(_:)-(String)``.
    public func send(_ bytes: ByteBuffer) async throws(WebSocketClientError) {
        try await send(WebSocketMessage(kind: .binary, payload: bytes))
    }

    /// Sends a message as it was received, for instance, in the way of ``send(_:)-(String)``. The bytes of a text
    /// have to be UTF-8.
    public func send(_ message: WebSocketMessage) async throws(WebSocketClientError) {
        try await perform { handler, written in handler.send(message, written: written) }
    }

    /// Asks the server for a sign of life, and returns how long that took.
    ///
    /// The answer comes after all messages that the server sent before it, so it waits for their consumer. Throws
    /// ``WebSocketClientError/Code/connectionClosed`` and ``WebSocketClientError/Code/cancelled``.
    public func ping() async throws(WebSocketClientError) -> Duration {
        let start = ContinuousClock.now
        try await perform { handler, answered in handler.ping(answered: answered) }
        return ContinuousClock.now - start
    }

    /// Does something on the event loop and waits until the promise is kept, or the task cancelled. The promise may
    /// then be completed twice, of which the second time counts for nothing.
    private func perform(
        _ work: @escaping @Sendable (ConnectionHandler, EventLoopPromise<Void>) -> Void
    ) async throws(WebSocketClientError) {
        guard !Task.isCancelled else { throw .cancelled }
        // Not even on an event loop that was shut down, where nothing would ever answer.
        if let closeReason { throw .closed(closeReason) }
        let promise = channel.eventLoop.makePromise(of: Void.self)
        channel.eventLoop.execute { [handler] in work(handler.value, promise) }
        do {
            try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                promise.fail(WebSocketClientError.cancelled)
            }
        } catch {
            throw error as? WebSocketClientError
                ?? WebSocketClientError(.connectionClosed, "the connection is closed", cause: error)
        }
    }
}
