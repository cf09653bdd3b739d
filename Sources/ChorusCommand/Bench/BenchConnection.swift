import ChorusClient
import NIOCore
import WebSocketWire

/// One connection: shakes hands, takes frames apart and counts, publishes if it is told to. On its event loop only.
final class BenchConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let loop: BenchLoop
    let plan: BenchPlan
    /// Kept when the server has agreed, and broken when it has not.
    private let opened: EventLoopPromise<Void>
    private var handshake: ClientHandshake
    private var isOpen = false
    private(set) var hasEnded = false
    private var error: (any Error)?
    /// Of the handshake only: frames are taken from the receive buffer, and the reader keeps what is cut.
    private var received = ByteBuffer()
    var reader: WebSocketReader
    var masks = MaskGenerator()
    var context: ChannelHandlerContext?

    /// What was the number before the next one, for each publisher.
    var numbers: [UInt64]
    var isReady = false
    /// Where in a payload the message was the last time.
    var offset = 0
    var publisher: BenchPublisher?

    init(loop: BenchLoop, plan: BenchPlan, opened: EventLoopPromise<Void>) {
        self.loop = loop
        self.plan = plan
        self.opened = opened
        handshake = ClientHandshake(host: plan.url.hostHeader, target: plan.url.target)
        reader = WebSocketReader(role: .client, maximumMessageSize: plan.options.size + 64 << 10)
        numbers = Array(repeating: 0, count: plan.options.publishers)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelActive(context: ChannelHandlerContext) {
        var request = ByteBuffer()
        handshake.writeRequest(into: &request)
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if isOpen {
            take(&buffer)
            return
        }
        received.writeBuffer(&buffer)
        do throws(HandshakeRefusal) {
            guard let (_, length) = try handshake.parse(received) else { return }
            isOpen = true
            opened.succeed()
            buffer = received
            received = ByteBuffer()
            buffer.moveReaderIndex(forwardBy: length)
            take(&buffer)
        } catch {
            self.error = WebSocketClientError.handshake(error, received: received)
            context.close(promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard let publisher else { return }
        publisher.goOn()
        context.flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        publisher?.goOn()
        context.flush()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.error == nil { self.error = error }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        let lost = WebSocketClientError(.connectionClosed, "the server closed the connection", cause: error)
        opened.fail(error ?? lost)
        if isOpen { end() }
    }

    /// The server has ended the connection, or broken it.
    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        publisher?.stop()
        loop.counters.ended += 1
        loop.counters.endedProgress += numbers.reduce(0, +)
    }

    /// Sends a close frame and hangs up.
    func close() {
        hasEnded = true
        guard let context else { return }
        var frame = ByteBuffer()
        WebSocketFrame.writeClose(.normal, mask: masks.next(), into: &frame)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension BenchConnection: Sendable {}
