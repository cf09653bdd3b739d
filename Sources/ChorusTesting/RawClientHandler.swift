import NIOCore

/// Keeps what a ``RawClient`` receives, and those who wait for it. On the event loop only.
final class RawClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private struct Reader {
        let id: Int
        let count: (ByteBuffer) -> Int?
        let bytes: EventLoopPromise<ByteBuffer>
    }

    private var received = ByteBuffer()
    private var readers: [Reader] = []
    private var lastReader = 0
    private var end: RawClient.End?
    private var ends: [Int: EventLoopPromise<(rest: ByteBuffer, end: RawClient.End)>] = [:]
    private let eventLoop: any EventLoop
    /// Whether this side has closed.
    var isClosing = false

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        received.writeBuffer(&buffer)
        serve()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { finish(.closed) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.reset)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // After a half close of ours, the other side's FIN ends the channel at once.
        finish(isClosing ? .local : .closed)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(.local)
    }

    func read(within limit: TimeAmount, _ count: @escaping (ByteBuffer) -> Int?) -> EventLoopFuture<ByteBuffer> {
        let (id, promise) = makePromise(of: ByteBuffer.self, within: limit) { handler, id in
            handler.readers.removeAll { $0.id == id }
        }
        readers.append(Reader(id: id, count: count, bytes: promise))
        serve()
        return promise.futureResult
    }

    func readToEnd(within limit: TimeAmount) -> EventLoopFuture<(rest: ByteBuffer, end: RawClient.End)> {
        let (id, promise) = makePromise(of: (rest: ByteBuffer, end: RawClient.End).self, within: limit) { handler, id in
            handler.ends[id] = nil
        }
        ends[id] = promise
        serve()
        return promise.futureResult
    }

    /// A promise that is broken when the limit is over.
    private func makePromise<Value: Sendable>(
        of type: Value.Type,
        within limit: TimeAmount,
        forget: @escaping (RawClientHandler, Int) -> Void
    ) -> (Int, EventLoopPromise<Value>) {
        lastReader += 1
        let id = lastReader
        let promise = eventLoop.makePromise(of: Value.self)
        let alarm = eventLoop.assumeIsolated().scheduleTask(in: limit) {
            promise.fail(self.failure("not within \(Double(limit.nanoseconds) / 1e9) s"))
            forget(self, id)
        }
        promise.futureResult.whenComplete { _ in alarm.cancel() }
        return (id, promise)
    }

    private func finish(_ end: RawClient.End) {
        guard self.end == nil else { return }
        self.end = end
        serve()
    }

    /// Gives readers what they wait for, in turn, and tells them when it cannot come any more.
    private func serve() {
        while let reader = readers.first, let count = reader.count(received) {
            readers.removeFirst()
            // A count beyond what is there takes what is there.
            let bytes = received.readSlice(length: min(max(0, count), received.readableBytes)) ?? ByteBuffer()
            reader.bytes.succeed(bytes)
        }
        guard let end else { return }
        for reader in readers { reader.bytes.fail(failure("the connection ended (\(end))")) }
        readers = []
        guard !ends.isEmpty else { return }
        let rest = received
        received = ByteBuffer()
        for promise in ends.values { promise.succeed((rest, end)) }
        ends = [:]
    }

    private func failure(_ what: String) -> TestFailure {
        let start = String(decoding: received.readableBytesView.prefix(200), as: UTF8.self)
        return TestFailure(
            "\(what); \(received.readableBytes) bytes were received and not taken: \(start.debugDescription)"
        )
    }
}

@available(*, unavailable)
extension RawClientHandler: Sendable {}
