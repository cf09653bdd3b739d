import ChorusClient
import NIOCore
import WebSocketWire

/// One connection: shakes hands, takes frames apart and counts, publishes if it is told to. On its event loop only.
final class BenchConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let index: Int
    let loop: BenchLoop
    /// When it began to connect; nanoseconds of this machine's clock.
    let begin = NIODeadline.now().uptimeNanoseconds
    private var handshake: ClientHandshake
    private var isOpen = false
    private(set) var hasEnded = false
    private var isDone = false
    private var error: (any Error)?
    /// Of the handshake only: frames are taken from the receive buffer, and the reader keeps what is cut.
    private var received = ByteBuffer()
    var reader: WebSocketReader
    var masks = MaskGenerator()
    var context: ChannelHandlerContext?
    var publisher: BenchSocketPublisher?

    let mark: BenchMessage.Mark
    let topic: BenchMessage.Topic
    /// What was the number before the next one, for each publisher of the topic.
    var numbers: [UInt64]
    var missing: [Int: MissingNumbers] = [:]
    /// Where in a payload the message was the last time.
    var offset = 0
    /// Whether it has received a probe of somebody else, or its own.
    var isHearing = false
    var isHearingItself = false
    /// A publisher of the topic whose messages must not come here; -1 if all must.
    private(set) var unexpected = -1
    /// The publisher of the topic who is told what has arrived here; -1 if nobody is.
    private(set) var listened = -1
    private var acknowledger: BenchAcknowledger?
    /// The number of that publisher that has arrived.
    var arrived: UInt64 = 0
    private var acknowledged: UInt64 = 0

    init(index: Int, loop: BenchLoop) {
        self.index = index
        self.loop = loop
        let options = loop.plan.options
        let topic = index % options.topics
        let url = loop.plan.urls[topic]
        handshake = ClientHandshake(host: url.hostHeader, target: url.target, headers: loop.plan.headers)
        // what a server puts around a message may be several times as large
        reader = WebSocketReader(role: .client, maximumMessageSize: 2 * options.size + 1 << 20)
        mark = loop.plan.mark
        self.topic = BenchMessage.Topic(UInt32(topic))
        let publishers = BenchOptions.share(of: options.publisherCount, among: options.topics, topic)
        numbers = Array(repeating: 0, count: publishers)
    }

    /// The publisher that this connection is, as the topic's messages name it; -1 if it is none.
    var ownPublisher: Int { publisher == nil ? -1 : index / loop.plan.options.topics }

    /// From now on tells `acknowledger` what has arrived of its messages.
    func listen(_ acknowledger: BenchAcknowledger?, isEchoed: Bool) {
        self.acknowledger = acknowledger
        listened = acknowledger.map { $0.index / loop.plan.options.topics } ?? -1
        unexpected = isEchoed ? -1 : ownPublisher
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
            subscribe()
            loop.hasOpened(self, nil)
            buffer = received
            received = ByteBuffer()
            buffer.moveReaderIndex(forwardBy: length)
            take(&buffer)
        } catch {
            self.error = WebSocketClientError.handshake(error, received: received)
            context.close(promise: nil)
        }
    }

    private func subscribe() {
        let options = loop.plan.options
        guard let text = options.subscribeMessage else { return }
        let message = text.replacing("{topic}", with: options.topicName(index % options.topics))
        var frame = ByteBuffer()
        WebSocketFrame.write(.text, ByteBuffer(string: message), mask: masks.next(), into: &frame)
        context?.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard arrived > acknowledged else { return }
        acknowledged = arrived
        acknowledger?.acknowledge(arrived)
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
        if isOpen {
            end()
        } else {
            hasFailed(error ?? WebSocketClientError(.connectionClosed, "the server closed the connection"))
        }
    }

    /// It could not be opened.
    func hasFailed(_ error: any Error) {
        guard !isOpen, !isDone else { return }
        isDone = true
        loop.hasOpened(self, error)
    }

    /// The server has ended the connection, or broken it.
    func end() {
        guard !hasEnded, !isDone else { return }
        hasEnded = true
        publisher?.stop(at: NIODeadline.now().uptimeNanoseconds)
        loop.counters.ended += 1
    }

    /// Sends a close frame and hangs up.
    func close() {
        isDone = true
        // Publishers hold their connections, and are held by those that tell them what has arrived.
        publisher = nil
        acknowledger = nil
        guard let context else { return }
        if isOpen, !hasEnded {
            var frame = ByteBuffer()
            WebSocketFrame.writeClose(.normal, mask: masks.next(), into: &frame)
            context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        }
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension BenchConnection: Sendable {}
