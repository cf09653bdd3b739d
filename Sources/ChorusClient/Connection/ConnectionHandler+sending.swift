package import NIOCore
package import WebSocketWire

extension ConnectionHandler {
    /// Sends a message. The promise is kept when the socket has taken all of it; others may break it before that.
    package func send(_ message: WebSocketMessage, written: EventLoopPromise<Void>) {
        guard case .open = state.phase, let context else {
            written.fail(WebSocketClientError.closed(inbox.closeReason))
            return
        }
        // Not that promise itself: when several writes are done at once, NIO completes the first one's promise and
        // lets the others follow it, so that one which was broken by a cancelled task would break theirs too.
        let taken = context.eventLoop.makePromise(of: Void.self)
        taken.futureResult.cascade(to: written)
        write(frames.frame(message), promise: taken)
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
