import ChorusCore
import NIOCore
import WebSocketWire

extension ConnectionHandler {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        isHeard = true
        switch phase {
        case .opening(let opening): readHead(opening, bytes)
        case .deciding: keep(bytes)
        case .http(let detour): read(bytes, detour)
        case .open: readFrames(bytes)
        case .closing: readLastFrames(bytes)
        case .closed: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .http = phase { context.fireChannelReadComplete() }
    }

    /// NIO asks to read from the socket: not while reading is paused, so that the client's own socket fills up.
    func read(context: ChannelHandlerContext) {
        if pauses.isEmpty { context.read() } else { isReadPending = true }
    }

    private func keep(_ bytes: ByteBuffer) {
        if stash == nil { stash = bytes } else { stash?.writeImmutableBuffer(bytes) }
    }

    /// Takes frames from what is stashed and what has come in now, until it is used up or reading is paused.
    func readFrames(_ bytes: ByteBuffer?) {
        if let bytes { keep(bytes) }
        guard var buffer = stash.take() else { return }
        while case .open = phase, pauses.isEmpty {
            guard let event = reader.next(from: &buffer, inflater: loop.inflater) else { return }
            handle(event)
        }
        guard buffer.readableBytes > 0 else { return }
        // whatever handled the last event may have stashed or started something else
        if case .open = phase { stash = buffer }
    }

    private func handle(_ event: WebSocketEvent) {
        switch event {
        case .message(let message):
            let kind: Message.Kind = message.kind == .text ? .text : .binary
            guard let pace = receiver?.received(Message(kind, message.payload), on: self) else { return }
            hold(pace)
        case .ping(let payload):
            sendFrame(.pong, payload, isReply: true)
        case .pong:
            break
        case .close(let code, let reason):
            closed(byClient: code, reason)
        case .failure(let failure):
            close(failure.code, failure.reason)
        }
    }

    /// After the last words only the client's own are waited for.
    private func readLastFrames(_ bytes: ByteBuffer) {
        var buffer = bytes
        while let event = reader.next(from: &buffer, inflater: loop.inflater) {
            if case .close = event { closeNow() }
        }
    }

    // MARK: Pausing

    func pause(_ reason: Pauses) { pauses.insert(reason) }

    func resume(_ reason: Pauses) {
        guard pauses.contains(reason) else { return }
        pauses.remove(reason)
        guard pauses.isEmpty else { return }
        if case .open = phase { readFrames(nil) }
        guard pauses.isEmpty, isReadPending else { return }
        isReadPending = false
        context?.read()
    }

    /// Less than this is not worth a timer; it adds up.
    private static let leastPause = TimeAmount.milliseconds(1)

    private func hold(_ pace: Pace) {
        let time: TimeAmount
        switch pace {
        case .go: return
        case .wait(let wait):
            guard wait >= ConnectionHandler.leastPause else { return }
            time = wait
        case .full(let wait): time = wait
        }
        if !pauses.contains(.pace) { loop.counters.slowed += 1 }
        pause(.pace)
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.eventLoop.scheduleTask(in: time) { bound.value.askAgain() }
    }

    private func askAgain() {
        guard case .open = phase, let receiver, case .full(let time) = receiver.pace(of: self) else {
            resume(.pace)
            return
        }
        hold(.full(time))
    }
}
