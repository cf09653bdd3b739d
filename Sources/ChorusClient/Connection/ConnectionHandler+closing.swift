package import NIOCore
import WebSocketWire

extension ConnectionHandler {
    /// How long the server may take to hang up after the closing handshake; hanging up is its part
    /// (RFC 6455 section 7.1.1).
    private static let lingerTime = TimeAmount.seconds(1)

    /// Begins the closing handshake, if the connection is open.
    package func close(_ frame: ConnectionState.CloseFrame) {
        guard let frame = state.close(frame) else { return }
        silence = nil
        setAlarm(at: now + TimeAmount(configuration.closeTimeout))
        write(frames.frame(frame), promise: nil)
        // The server's close frame may be behind messages that nobody consumes.
        parse()
        if isReadHeld {
            isReadHeld = false
            context?.read()
        }
    }

    /// The end is decided: the application learns of it at once, and the server is given a moment to hang up. Until
    /// then the socket is read, because closing it with something unread resets it, which can swallow our close frame.
    func finish(_ reason: CloseReason, _ closeFrame: ConnectionState.CloseFrame?) {
        silence = nil
        if let closeFrame { write(frames.frame(closeFrame), promise: nil) }
        inbox.finish(reason)
        pings.fail(.closed(reason))
        setAlarm(at: now + Self.lingerTime)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            lose()
            // Our close frame may not have gone out yet.
            context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { [weak self] _ in
                self?.context?.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.error == nil { self.error = error }
        context.close(promise: nil)
    }

    /// Nothing more will come.
    func lose() {
        parseRest()
        guard let action = state.lose(error.map(WebSocketClientError.connectionLost), unread: received) else { return }
        perform(action)
    }

    /// The connection is of no use any more.
    private func cut(_ error: WebSocketClientError) {
        if self.error == nil { self.error = error }
        lose()
        context?.close(promise: nil)
    }

    /// The event loop's idea of the time, which a test can choose.
    var now: NIODeadline { context?.eventLoop.now ?? .now() }

    func setAlarm(at time: NIODeadline) {
        alarm?.cancel()
        alarm = context?.eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.ring() }
    }

    private func ring() {
        switch state.phase {
        case .handshake:
            cut(WebSocketClientError(.timedOut, "the server did not answer the handshake in time"))
        case .open:
            watchSilence()
        case .closing:
            if let reason = state.giveUpClosing() { inbox.finish(reason) }
            context?.close(promise: nil)
        case .finished:
            context?.close(promise: nil)
        }
    }

    /// Pings a silent server, or gives it up.
    func watchSilence() {
        // Its answer could not be read.
        if isReadHeld { silence?.hear(at: now) }
        switch silence?.look(at: now) {
        case .wait(let time):
            setAlarm(at: time)
        case .ping(let time):
            write(frames.frame(.ping, ByteBuffer()), promise: nil)
            setAlarm(at: time)
        case .giveUp:
            cut(WebSocketClientError(.timedOut, "the server did not answer a ping"))
        case nil:
            break
        }
    }
}
