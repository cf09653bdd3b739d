package import NIOCore
package import WebSocketWire

/// The one handler of a connection, from the handshake to the end: moves bytes between the channel and
/// ``ConnectionState``, and does what that says. On the event loop only.
///
/// The channel reads only when this handler asks for it: that is how a slow consumer slows the server down.
package final class ConnectionHandler: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// What becomes a ``WebSocketConnection`` when the server agrees.
    package struct Opened: Sendable {
        package let channel: any Channel
        package let handler: NIOLoopBound<ConnectionHandler>
        package let inbox: Inbox
        package let closed: EventLoopFuture<CloseReason>
        package let subprotocol: String?
        package let isCompressed: Bool
    }

    let configuration: WebSocketClientConfiguration
    package let inbox = Inbox()
    /// Nil once it is kept or broken, because what it is kept with holds this handler.
    private var opened: EventLoopPromise<Opened>?
    let closed: EventLoopPromise<CloseReason>
    var state: ConnectionState
    var frames: FrameWriter
    /// The event loop's; nil without deflate.
    var inflater: Inflater?
    var pings = PendingPings()
    var silence: SilenceWatch?
    /// A pong is on its way to the socket.
    var isAnsweringPing = false
    /// What the newest ping is to be answered with after that.
    var owedPong: ByteBuffer?
    /// Nil once the channel is gone.
    var context: ChannelHandlerContext?
    /// The one timer: for the handshake, then the keep-alive, then the end.
    var alarm: Scheduled<Void>?
    /// What was received and not looked at: the start of the handshake, or what the inbox has no room for.
    var received = ByteBuffer()
    var inboxHasRoom = true
    /// Whether the next read waits for room in the inbox.
    var isReadHeld = false
    /// After our close frame the inbox may run over; what does not fit is dropped, and what follows it too.
    var isDropping = false
    /// The first error that was reported, which is the one that says why.
    var error: (any Error)?

    private let request: ClientHandshake
    private let deadline: NIODeadline
    private var hasStarted = false

    package init(
        request: ClientHandshake,
        configuration: WebSocketClientConfiguration,
        deadline: NIODeadline,
        opened: EventLoopPromise<Opened>
    ) {
        self.request = request
        self.configuration = configuration
        self.deadline = deadline
        self.opened = opened
        closed = opened.futureResult.eventLoop.makePromise()
        state = ConnectionState(handshake: request, maximumMessageSize: configuration.maximumMessageSize)
        frames = FrameWriter(deflateThreshold: configuration.deflateThreshold)
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        setAlarm(at: deadline)
        if context.channel.isActive { start(context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    /// Inside TLS this waits in the TLS handler until its handshake is done. A handler that is added to an active
    /// channel may, or may not, be told of that again.
    private func start(_ context: ChannelHandlerContext) {
        guard !hasStarted else { return }
        hasStarted = true
        var buffer = ByteBuffer()
        request.writeRequest(into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        context.read()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    /// The one who connects learns whether that came to something.
    func complete(_ result: Result<Opened, WebSocketClientError>) {
        opened?.completeWith(result.mapError { $0 })
        opened = nil
    }

    /// The channel is gone.
    private func end() {
        guard context != nil else { return }
        lose()
        context = nil
        alarm?.cancel()
        alarm = nil
        let reason = inbox.closeReason ?? .lost(.connectionLost(error))
        inbox.finish(reason)
        pings.fail(.closed(reason))
        inbox.close()
        closed.succeed(reason)
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}
