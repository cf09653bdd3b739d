package import NIOCore
import WebSocketWire

extension ConnectionHandler {
    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        silence?.hear(at: now)
        if received.readableBytes == 0 {
            received = buffer
        } else {
            received.writeBuffer(&buffer)
        }
        parse()
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        read()
        context.fireChannelReadComplete()
    }

    /// Asks for more, unless the consumer has enough.
    private func read() {
        isReadHeld = !mayParse
        if mayParse { context?.read() }
    }

    /// The consumer has made room.
    package func resume() {
        inboxHasRoom = true
        silence?.hear(at: now)
        parse()
        if isReadHeld { read() }
    }

    /// Only messages for the application wait for it; what leads to the end does not.
    private var mayParse: Bool {
        if case .open = state.phase { inboxHasRoom } else { true }
    }

    /// Takes what was received apart, as far as the inbox has room: 64 KiB from a socket can be 32,000 messages, or
    /// 64 MiB once they are inflated.
    func parse() {
        while mayParse, received.readableBytes > 0 {
            guard let action = state.next(from: &received, inflater: inflater) else { break }
            perform(action)
        }
        if received.readableBytes == 0 { received = ByteBuffer() }
    }

    /// Takes the rest apart, when nothing more can come: room or not, up to a limit that only something inflated by
    /// malice reaches.
    func parseRest() {
        let limit = min(configuration.maximumMessageSize, WebSocketReader.largestMessageSize) + 16 << 20
        while received.readableBytes > 0 {
            guard inbox.size <= limit else {
                error = WebSocketClientError(.connectionClosed, "the connection was lost with too much left unread")
                received = ByteBuffer()
                break
            }
            guard let action = state.next(from: &received, inflater: inflater) else { break }
            perform(action)
        }
    }

    func perform(_ action: ConnectionState.Action) {
        switch action {
        case .open(let answer):
            open(answer)
        case .refuse(let error):
            complete(.failure(error))
            context?.close(promise: nil)
        case .deliver(let message):
            if isDropping { return }
            inboxHasRoom = inbox.push(message)
            if !inboxHasRoom, case .closing = state.phase { isDropping = true }
        case .answerPing(let payload):
            answerPing(payload)
        case .completePing(let payload):
            pings.complete(payload)
        case .finish(let reason, let closeFrame):
            finish(reason, closeFrame)
        }
    }

    /// One pong is on its way at a time: a server that pings and does not read is answered for its newest ping only
    /// (RFC 6455 section 5.5.3).
    private func answerPing(_ payload: ByteBuffer) {
        guard !isAnsweringPing, let context else {
            owedPong = payload
            return
        }
        isAnsweringPing = true
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.isAnsweringPing = false
            if case .open = self.state.phase, let owed = self.owedPong.take() { self.answerPing(owed) }
        }
        write(frames.frame(.pong, payload), promise: written)
    }

    private func open(_ answer: ClientHandshake.ServerAnswer) {
        guard let context else { return }
        frames.windowBits = answer.deflate?.clientWindowBits
        if answer.deflate != nil { inflater = ThreadCodecs.current.inflater }
        alarm?.cancel()
        if let keepAlive = configuration.keepAlive {
            silence = SilenceWatch(keepAlive, now: now)
            watchSilence()
        }
        let opened = Opened(
            channel: context.channel,
            handler: NIOLoopBound(self, eventLoop: context.eventLoop),
            inbox: inbox,
            closed: closed.futureResult,
            subprotocol: answer.subprotocol,
            isCompressed: answer.deflate != nil
        )
        complete(.success(opened))
    }
}
