package import NIOCore
package import WebSocketWire

extension ConnectionHandler {
    /// Sends a message. The promise is kept when the socket has taken all of it.
    package func send(_ message: WebSocketMessage, written: EventLoopPromise<Void>) {
        guard case .open = state.phase else {
            written.fail(WebSocketClientError.closed(inbox.closeReason))
            return
        }
        write(frames.frame(message), promise: written)
    }

    /// Sends a ping. The promise is kept when its pong has come.
    package func ping(answered: EventLoopPromise<Void>) {
        guard case .open = state.phase else {
            answered.fail(WebSocketClientError.closed(inbox.closeReason))
            return
        }
        write(frames.frame(.ping, pings.add(answered)), promise: nil)
    }

    func write(_ frame: ByteBuffer, promise: EventLoopPromise<Void>?) {
        guard let context else {
            promise?.fail(WebSocketClientError.closed(inbox.closeReason))
            return
        }
        context.writeAndFlush(wrapOutboundOut(frame), promise: promise)
    }
}
