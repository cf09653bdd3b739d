import NIOCore
public import WebSocketWire

extension WebSocketConnection {
    /// Closes the connection, and returns when it is closed: when the server has answered, or after the
    /// configuration's `closeTimeout`. What was sent before goes out first.
    ///
    /// `code` should be 1000, or 3000 to 4999 for an application's own; `reason` is cut to 123 bytes. When the task is
    /// cancelled this returns early, and the connection is closed all the same.
    public func close(code: WebSocketCloseCode = .normal, reason: String = "") async {
        if closeReason == nil {
            channel.eventLoop.execute { [handler] in
                handler.value.close(ConnectionState.CloseFrame(code: code, reason: reason))
            }
        }
        _ = await waitForClose()
    }

    /// Waits until the connection is closed, down to its socket, and returns how that came.
    ///
    /// When the task is cancelled this returns early, with ``WebSocketClientError/Code/cancelled`` as the reason's
    /// error; the connection stays as it is.
    public func waitForClose() async -> CloseReason {
        if let reason = inbox.finalReason { return reason }
        let ended = channel.eventLoop.makePromise(of: CloseReason.self)
        closed.cascade(to: ended)
        do {
            return try await withTaskCancellationHandler {
                try await ended.futureResult.get()
            } onCancel: {
                ended.fail(WebSocketClientError.cancelled)
            }
        } catch {
            return closeReason ?? .lost(.cancelled)
        }
    }
}
