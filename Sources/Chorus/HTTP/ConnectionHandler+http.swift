import ChorusCore
import HummingbirdCore
import Logging
import NIOCore
import WebSocketWire

extension ConnectionHandler {
    /// Not for us: Hummingbird's handlers come behind this one, and get what has been read.
    func detour(_ head: HTTPRequestHead) {
        guard let context else { return }
        let responder = loop.core.http
        let limits = loop.configuration.limits
        loop.shard.wheel.cancel(self)
        let detour = HTTPDetour(limits: limits)
        hasHTTPHandlers = true
        phase = .http(detour)
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        let http = HTTP1Channel(
            responder: { request, writer, channel in
                do {
                    try await responder(request, writer, channel)
                } catch {
                    bound.eventLoop.execute { bound.value.answered() }
                    throw error
                }
                bound.eventLoop.execute { bound.value.answered() }
            },
            configuration: .init(idleTimeout: limits.httpIdleTime)
        )
        let logger = loop.core.logger
        // completed when it returns: setup only adds handlers to the pipeline of this loop
        http.setup(channel: context.channel, logger: logger).whenComplete { result in
            switch result {
            case .success(let value):
                // ends with the connection, whose closing the server awaits
                Task { await http.handle(value: value, logger: logger) }
            case .failure: bound.value.closeNow()
            }
        }
        forward(detour)
    }

    func read(_ bytes: ByteBuffer, _ detour: HTTPDetour) {
        keep(bytes)
        forward(detour)
    }

    /// Hands complete heads and their bodies to the HTTP handlers, until a head asks for one of our WebSockets.
    private func forward(_ detour: HTTPDetour) {
        while case .http = phase, let buffer = stash, buffer.readableBytes > 0 {
            switch detour.framing {
            case .unknown: pass(buffer.readableBytes)
            case .body(let left):
                let count = min(left, buffer.readableBytes)
                detour.framing = count == left ? .head : .body(left - count)
                pass(count)
            case .head where detour.isOver:
                stash = nil
            case .head:
                do throws(HandshakeRefusal) {
                    guard let (head, length) = try detour.parser.parse(buffer) else { return }
                    detour.parser = HTTPDetour(limits: loop.configuration.limits).parser
                    guard try !takeOver(head, length: length, detour) else { return }
                    detour.framing = HTTPDetour.framing(after: head)
                    detour.isOver = HTTPDetour.isLast(head)
                    detour.unanswered += 1
                    pass(length)
                } catch {
                    guard detour.unanswered == 0 else { return closeNow() }
                    refuse(error)
                }
            }
        }
    }

    private func pass(_ count: Int) {
        guard let context, let bytes = stash?.readSlice(length: count) else { return }
        if stash?.readableBytes == 0 { stash = nil }
        context.fireChannelRead(wrapInboundOut(bytes))
    }

    /// Whether a later request opens, or will open, a WebSocket here. It waits for the answers to those before it.
    private func takeOver(
        _ head: HTTPRequestHead,
        length: Int,
        _ detour: HTTPDetour
    ) throws(HandshakeRefusal) -> Bool {
        guard ServerHandshake.isUpgrade(head) else { return false }
        if detour.unanswered > 0 {
            pause(.turn)
            return true
        }
        return try upgrade(head, length: length)
    }

    /// The HTTP handlers close what they think idle. Not when the connection has become a WebSocket: they stay in the
    /// pipeline then, behind this handler, which passes nothing on to them.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch phase {
        case .open where hasHTTPHandlers, .closing where hasHTTPHandlers, .deciding where hasHTTPHandlers:
            promise?.succeed(())
        case .http(let detour) where detour.isOver && detour.unanswered == 0:
            promise?.succeed(())
            endBehindAnswer()
        default:
            context.close(mode: mode, promise: promise)
        }
    }

    /// The last answer has been given. What the client has sent besides is read and thrown away: the reset that unread
    /// input causes could take the answer with it (RFC 9112 section 9.6).
    private func endBehindAnswer() {
        phase = .closing
        stash = nil
        say(ByteBuffer())
    }

    private func answered() {
        guard case .http(let detour) = phase else { return }
        detour.unanswered -= 1
        if detour.unanswered == 0, detour.isOver { return endBehindAnswer() }
        guard detour.unanswered == 0, stash != nil else { return }
        resume(.turn)
        forward(detour)
        if case .http = phase { context?.fireChannelReadComplete() }
    }
}
