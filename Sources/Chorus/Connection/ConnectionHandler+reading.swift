import ChorusCore
import NIOCore
import WebSocketWire

extension ConnectionHandler {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        isHeard = true
        switch phase {
        case .opening(let opening): arrive(opening, bytes)
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
        if pauses.isEmpty || isHandingOver { context.read() } else { isReadPending = true }
    }

    /// Takes frames from what is stashed and what has come in now, until it is used up or reading is paused.
    func readFrames(_ bytes: ByteBuffer?) {
        guard var buffer = unread(bytes) else { return }
        while case .open = phase, pauses.isEmpty, buffer.readableBytes > 0 {
            // asked before a message is put together, or inflated: what cannot be published yet is not to be kept either
            if case .full(let time) = receiver?.pace(of: self) {
                hold(.full(time))
                break
            }
            guard let event = reader.next(from: &buffer, inflater: loop.inflater) else { break }
            handle(event)
        }
        // whatever handled the last event may have stashed or started something else
        guard case .open = phase else { return }
        if buffer.readableBytes > 0 { stash = buffer }
    }

    /// What is stashed, and behind it what has come in now; it is not stashed any more.
    private func unread(_ bytes: ByteBuffer?) -> ByteBuffer? {
        guard aside?.stash != nil else { return bytes }
        if let bytes { keep(bytes) }
        return stash.take()
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
        // what was in the way of hearing the client is gone only now
        isHeard = true
        guard pauses.isEmpty else { return }
        if case .open = phase {
            // what it has kept comes before what is stashed
            receiver?.goOn(self)
            readFrames(nil)
        }
        guard pauses.isEmpty else { return }
        if isLingering { return finish() }
        guard isReadPending else { return }
        isReadPending = false
        context?.read()
    }

    /// Less than this is not worth a timer; it adds up.
    private static let leastPause = TimeAmount.milliseconds(1)
    /// A longer pause is looked at again after this: what it was for may be over.
    private static let longestPause = TimeAmount.milliseconds(100)

    func hold(_ pace: Pace) {
        switch pace {
        case .go: return
        case .wait(let time):
            guard time >= ConnectionHandler.leastPause else { return }
            hold(until: .now() + time)
        case .full: hold(until: .now())
        }
    }

    private func hold(until end: NIODeadline) {
        if !pauses.contains(.pace) { loop.counters.slowed += 1 }
        pause(.pace)
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        let rest = end - .now()
        let time = rest < ConnectionHandler.leastPause ? LiveTopic.recheck : min(rest, ConnectionHandler.longestPause)
        loop.eventLoop.scheduleTask(in: time) { bound.value.askAgain(end) }
    }

    private func askAgain(_ end: NIODeadline) {
        guard case .open = phase, let receiver else { return resume(.pace) }
        switch receiver.pace(of: self) {
        case .full: hold(until: end)
        case .wait where NIODeadline.now() < end: hold(until: end)
        default: resume(.pace)
        }
    }
}
