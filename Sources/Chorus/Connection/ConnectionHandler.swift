import ChorusCore
import Logging
import NIOCore
import WebSocketWire

/// One accepted connection: first the front door, which reads the request's head itself, then the session that the
/// request asked for, or the way to the HTTP handlers.
///
/// It is the only handler of a WebSocket connection (behind TLS, if there is TLS). Its session writes to the socket by
/// itself; what goes through NIO goes through here. The parts are extensions: `+frontDoor`, `+http`, `+hooks`,
/// `+reading`, `+transport`, `+closing`, `+hangingUp`, `+deadlines`, `+expiry`; `+aside` has what few connections have.
///
/// A server may have a hundred thousand of these, and most of them idle.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// The head of the first request is being read.
        case opening(Opening)
        /// The program is asked whether the client may connect.
        case deciding
        /// What comes and goes is for the HTTP handlers behind this one.
        case http(HTTPDetour)
        /// A WebSocket.
        case open
        /// The last words are being written; input is read and thrown away.
        case closing
        case closed
    }

    /// What is needed only until the request's head is there.
    final class Opening {
        var parser: HTTPRequestHeadParser
        /// It is among those that are let in next.
        var isAtTheDoor = false
        /// Its time is up; it is looked at once more.
        var isOverdue = false

        init(limits: BroadcastServer.Limits) {
            parser = HTTPRequestHeadParser(maximumHeadSize: limits.headSize, maximumHeaders: limits.headerCount)
        }
    }

    /// Why nothing is read from the client.
    struct Pauses: OptionSet {
        let rawValue: UInt8
        /// It publishes faster than its topic's readers take.
        static let pace = Pauses(rawValue: 1)
        /// It does not read the answers to what it sends.
        static let outbox = Pauses(rawValue: 2)
        /// The program has not taken what it sent.
        static let program = Pauses(rawValue: 4)
        /// What it asked for must be decided, or earlier requests answered, before more is looked at.
        static let turn = Pauses(rawValue: 8)
    }

    let loop: ServerLoop
    var phase: Phase
    /// Set while the handler is in a pipeline.
    private(set) var context: ChannelHandlerContext?
    var session: Session?
    var receiver: (any Receiver)?
    var reader: WebSocketReader
    /// What it has only now and then.
    var aside: Aside?
    /// The socket itself: without TLS writes go straight to it. `none` where there is none.
    var socket = Socket.none
    var wheelSlot: Int32 = -1
    var wheelIndex: Int32 = -1
    var loopIndex: Int32 = -1
    var pauses: Pauses = []
    /// HTTP handlers stand behind this one, and NIO may hold bytes of theirs.
    var hasHTTPHandlers = false
    /// NIO asked to read while reading was paused.
    var isReadPending = false
    /// Something is being handed to NIO: if that finds the connection broken, it may read what is left, pauses or not.
    var isHandingOver = false
    /// The client has sent its last byte.
    var hasInputEnded = false
    /// Something came in since the last ping.
    var isHeard = false
    /// The window for compressed frames to this client; 0 for none.
    var windowBits: UInt8 = 0
    var deadline = Deadline.handshake
    let isSecure: Bool

    init(loop: ServerLoop, isSecure: Bool) {
        self.loop = loop
        self.isSecure = isSecure
        let limits = loop.configuration.limits
        self.phase = .opening(Opening(limits: limits))
        self.reader = WebSocketReader(role: .server, maximumMessageSize: limits.messageSize)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
        let isWelcome = loop.core.limiter.opened()
        if !isWelcome {
            loop.counters.refuse(0)
            context.close(promise: nil)
        }
        if context.channel.isActive { activate(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        activate(context)
        context.fireChannelActive()
    }

    private func activate(_ context: ChannelHandlerContext) {
        setDeadline(.handshake, after: loop.configuration.limits.handshakeTime)
        let found = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { Socket(handle: $0) }
        socket = found ?? .none
    }

    func channelInactive(context: ChannelHandlerContext) {
        // NIO has closed the handle, and another loop may get the same number: nothing of ours has run in between
        socket = .none
        session?.socketIsGone()
        hungUp()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if !isLingering { connectionEnded() }
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // what had come before is looked at all the same
        openDoor()
        if case .http = phase {
            context.fireErrorCaught(error)
            return
        }
        log("connection failed", ["chorus.error": "\(error)"])
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { hasInputEnded = true }
        if case .http = phase { return context.fireUserInboundEventTriggered(event) }
        switch event {
        case ChannelEvent.inputClosed:
            // who is let in now, or next, has sent something before
            if case .deciding = phase { return }
            if case .opening(let opening) = phase, opening.isAtTheDoor { return }
            hungUp()
        case is ChannelShouldQuiesceEvent:
            let spread = loop.configuration.drainTime.nanoseconds
            if loop.drainDeadline == nil { loop.drainDeadline = .now() + .nanoseconds(spread) }
            drain(after: .nanoseconds(.random(in: 0...min(spread, Int64(loop.connections.count) * 10_000_000))))
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// A line for those who look for one client's fate. Nothing that a client can cause is logged above debug.
    func log(_ message: @autoclosure () -> Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata = [:]) {
        loop.core.logger.debug(
            message(),
            metadata: metadata().merging(["chorus.session": "\(session?.id.description ?? "-")"]) { $1 }
        )
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}
