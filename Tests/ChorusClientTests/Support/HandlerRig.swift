import ChorusClient
import NIOCore
import NIOEmbedded
import Testing
import WebSocketWire

/// A ``ConnectionHandler`` without a network: its channel is embedded, its clock is turned by hand, its reads are counted.
final class HandlerRig {
    let loop = EmbeddedEventLoop()
    let channel: EmbeddedChannel
    let handler: ConnectionHandler
    let opened: EventLoopFuture<ConnectionHandler.Opened>
    private let counter = ReadCounter()
    private let request: ClientHandshake
    private var server: WebSocketReader
    private let inflater = Inflater()

    init(deflate: Bool = false, _ change: (inout WebSocketClientConfiguration) -> Void = { _ in }) throws {
        var configuration = WebSocketClientConfiguration()
        change(&configuration)
        request = ClientHandshake(host: "x", target: "/", deflate: deflate)
        server = WebSocketReader(role: .server, maximumMessageSize: 1 << 20, acceptsDeflate: deflate)
        let promise = loop.makePromise(of: ConnectionHandler.Opened.self)
        opened = promise.futureResult
        handler = ConnectionHandler(
            request: request,
            configuration: configuration,
            deadline: loop.now + TimeAmount(configuration.connectTimeout),
            opened: promise
        )
        channel = EmbeddedChannel(handlers: [counter, handler], loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    var reads: Int { counter.count }

    /// Whether writes wait, as those to a socket whose other end does not read.
    var holdsWrites: Bool {
        get { counter.held != nil }
        set { counter.hold(newValue) }
    }

    /// Answers the handshake.
    func open(deflate: Bool = false) throws {
        var parser = HTTPRequestHeadParser()
        let bytes = try #require(try channel.readOutbound(as: ByteBuffer.self))
        let head = try #require(try parser.parse(bytes)?.head)
        var answer = ByteBuffer()
        try ServerHandshake.negotiate(head, options: ServerHandshake.Options(deflate: deflate)).writeResponse(
            into: &answer
        )
        try receive(answer)
        _ = try opened.wait()
    }

    func receive(_ bytes: ByteBuffer) throws {
        try channel.writeInbound(bytes)
    }

    func receive(_ opcode: WebSocketOpcode, count: Int = 0) throws {
        var frame = ByteBuffer()
        WebSocketFrame.write(opcode, ByteBuffer(repeating: 0x41, count: count), into: &frame)
        try receive(frame)
    }

    func receiveClose(_ code: WebSocketCloseCode) throws {
        var frame = ByteBuffer()
        WebSocketFrame.writeClose(code, into: &frame)
        try receive(frame)
    }

    /// Takes a message as a consumer does.
    @discardableResult
    func take() -> WebSocketMessage? {
        guard let taken = handler.inbox.poll() else { return nil }
        if taken.makesRoom { handler.resume() }
        return taken.message
    }

    /// What the server would have received since the last look.
    func sent() throws -> [WebSocketEvent] {
        try sentAndFirstByte().events
    }

    /// The same, and the first byte of what was sent last, which says how.
    func sentAndFirstByte() throws -> (events: [WebSocketEvent], firstByte: UInt8?) {
        var events: [WebSocketEvent] = []
        var firstByte: UInt8?
        while var bytes = try channel.readOutbound(as: ByteBuffer.self) {
            firstByte = bytes.readableBytesView.first
            while let event = server.next(from: &bytes, inflater: inflater) { events.append(event) }
        }
        return (events, firstByte)
    }

    func finish() throws {
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private(set) var count = 0
        private(set) var held: [(ByteBuffer, EventLoopPromise<Void>?)]?
        private var context: ChannelHandlerContext?

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }
        func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

        func hold(_ holds: Bool) {
            let writes = held ?? []
            held = holds ? writes : nil
            guard !holds else { return }
            for (bytes, promise) in writes { context?.writeAndFlush(wrapOutboundOut(bytes), promise: promise) }
        }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            guard held != nil else { return context.write(data, promise: promise) }
            held?.append((unwrapOutboundIn(data), promise))
        }

        func read(context: ChannelHandlerContext) {
            count += 1
            context.read()
        }
    }
}
