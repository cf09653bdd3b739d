import ChorusCore
import Logging
import NIOCore
import WebSocketWire

extension ConnectionHandler {
    /// Closes from this side: after what the client alone was still to receive, the close frame; then its answer or the
    /// end of its input is awaited, for a bounded time.
    func close(_ code: WebSocketCloseCode, _ reason: String = "") {
        guard case .open = phase else { return }
        leave(CloseReason(.server, code, reason))
        var frame = ByteBuffer()
        WebSocketFrame.writeClose(code, reason: reason, into: &frame)
        say(frame)
    }

    /// Closes from this side, with what the client's protocol has for that.
    func end(_ end: ConnectionEnd) {
        guard let (code, words) = receiver?.words(for: end) else {
            closeReason = closeReason ?? end.wordless
            return closeNow()
        }
        close(code, words)
    }

    /// The client sent a close frame: it gets its own code back.
    func closed(byClient code: WebSocketCloseCode?, _ reason: String) {
        guard case .open = phase else { return }
        leave(CloseReason(.client, code ?? .noStatus, reason))
        var frame = ByteBuffer()
        WebSocketFrame.writeClose(code, into: &frame)
        say(frame)
    }

    /// Refuses a request: the answer, and then nothing more is read.
    func refuse(_ refusal: HandshakeRefusal) {
        log("refused", ["chorus.status": "\(refusal.status)", "chorus.reason": "\(refusal.reason)"])
        loop.counters.refuse(refusal.status)
        cancelQuestion()
        stash = nil
        phase = .closing
        var response = ByteBuffer()
        refusal.writeResponse(into: &response)
        say(response)
    }

    /// Closes at once, without words. The session ends here and not with the socket, for which TLS takes its time.
    func closeNow() {
        if case .open = phase, !pauses.isEmpty { abandonStash() }
        finish()
    }

    /// Takes the session out of its topics; what it alone was still to receive goes on its way.
    private func leave(_ reason: CloseReason) {
        closeReason = closeReason ?? reason
        phase = .closing
        stash = nil
        for bytes in session?.takeOutbox() ?? [] { context?.write(wrapOutboundOut(bytes), promise: nil) }
        endSession()
    }

    /// Writes the last words and shuts the output down behind them. Input is read until the client has closed, or the
    /// time is up: closing with unread input would reset the connection, and the words could be lost.
    func say(_ bytes: ByteBuffer) {
        guard let context, context.channel.isActive else { return connectionEnded() }
        setDeadline(.close, after: loop.configuration.limits.closeTime)
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        let promise = loop.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { result in
            let connection = bound.value
            switch result {
            case .success:
                // where the input has ended too, NIO closes all
                connection.context?.close(mode: connection.isSecure ? .all : .output, promise: nil)
            case .failure: connection.closeNow()
            }
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
        pauses = []
        if isReadPending {
            isReadPending = false
            context.read()
        }
    }

    func endSession() {
        if cancelQuestion(), session != nil { loop.counters.abandoned += 1 }
        session?.close()
        stopLingering()
        stopExpiry()
        guard let receiver = receiver.take() else { return }
        let reason = closeReason ?? CloseReason(.network, .abnormal)
        receiver.closed(self, reason)
        loop.counters.close(reason)
        log("closed", ["chorus.reason": "\(reason)"])
        if let hook = loop.core.hooks.onDisconnect, let id = session?.id {
            // nobody waits for it but the end of the server
            _ = HookCall.start(on: loop) {
                await hook(id, reason)
            } _: { _ in
            }
        }
    }

    func releaseAddress() {
        if let address = countedAddress.take() { loop.core.limiter.release(address) }
    }

    /// The connection is gone, whoever ended it.
    func connectionEnded() {
        guard loopIndex >= 0 else { return }
        loop.remove(self)
        loop.shard.wheel.cancel(self)
        loop.core.limiter.closed()
        releaseAddress()
        socket = .none
        stash = nil
        phase = .closed
        endSession()
    }
}
