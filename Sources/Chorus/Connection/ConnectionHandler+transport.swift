import ChorusCore
import NIOCore
import WebSocketWire

/// How a session's bytes reach a client to whose socket it does not write itself; and the rest of what a socket did not
/// take. The session knows that something of NIO's is pending, and is busy as long as the channel holds it.
extension ConnectionHandler: Transport {
    func socketFailed() {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.eventLoop.execute { bound.value.outputBroke() }
    }

    /// The most that the channel is given at a time, so that a client that has stopped costs no more.
    private static let channelBytes = 32 << 10

    /// With TLS all goes through the channel, and the session waits until it has gone. Of much only a part is taken.
    func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, size: Int) -> Written {
        guard let context, context.channel.isActive else { return .gone }
        let isPart = size > ConnectionHandler.channelBytes
        let size = min(size, ConnectionHandler.channelBytes)
        var buffer = context.channel.allocator.buffer(capacity: size)
        for piece in pieces where buffer.readableBytes < size {
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: piece.prefix(size - buffer.readableBytes)))
        }
        let promise = loop.eventLoop.makePromise(of: Void.self)
        let written = NIOLoopBoundBox((isDone: false, isWaiting: false), eventLoop: loop.eventLoop)
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        promise.futureResult.whenComplete { _ in
            written.value.isDone = true
            if written.value.isWaiting { bound.value.session?.transportIsReady() }
        }
        handOver(buffer, promise, context)
        // of a part the session leaves the rest of the cut frame behind it, and waits for that
        if written.value.isDone || isPart { return .taken(size) }
        written.value.isWaiting = true
        return .queued
    }

    func writeLater(_ bytes: ByteBuffer) {
        guard let context else { return }
        let promise = loop.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        promise.futureResult.whenSuccess { bound.value.session?.transportIsReady() }
        handOver(bytes, promise, context)
    }

    private func handOver(_ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>, _ context: ChannelHandlerContext) {
        isHandingOver = true
        context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
        isHandingOver = false
    }

    func resumeReading() { resume(.outbox) }

    func subscriptionBegan(_ topic: String, _ start: SubscriptionStart) {
        receiver?.subscriptionBegan(topic, start, on: self)
    }

    func follow(_ topic: TopicName, _ terms: FollowTerms) -> Bool {
        receiver?.follow(topic, terms, on: self) ?? false
    }

    func refresh(until time: Int64?, info: ByteBuffer?) { receiver?.refresh(until: time, info: info, on: self) }

    func subscriptionEnded(_ topic: String) {
        receiver?.subscriptionEnded(topic, on: self)
    }

    func end(_ reason: SessionEnd) {
        end(.session(reason))
    }

    var info: TransportInfo? {
        TransportInfo(
            name: "websocket",
            format: receiver?.formatName ?? "",
            address: clientAddress ?? context?.remoteAddress?.ipAddress,
            clientName: receiver?.application?.name ?? "",
            clientVersion: receiver?.application?.version ?? ""
        )
    }

    // MARK: What one client alone receives

    /// Sends a message to this client.
    func send(_ message: Message, isReply: Bool = false) {
        guard let session, !session.isClosed else { return }
        sendBytes(session.frame(message), isReply: isReply)
    }

    func sendFrame(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, isReply: Bool) {
        var frame = ByteBuffer()
        WebSocketFrame.write(opcode, payload, into: &frame)
        sendBytes(frame, isReply: isReply)
    }

    func sendBytes(_ bytes: ByteBuffer, isReply: Bool) {
        guard case .open = phase, let session else { return }
        let hasRoom = session.send(bytes, isReply: isReply)
        if !hasRoom, isReply { pause(.outbox) }
    }
}
