import CentrifugeProtocol
import ChorusCore
import NIOCore
import WebSocketWire

/// One client that speaks the Centrifuge protocol: takes its commands one after the other, and answers them.
///
/// What its topics have goes past this, from the roster to the socket (``CentrifugeEncoder``). The parts are extensions:
/// `+commands`, `+connect`, `+subscribe`, `+publish`, `+queries`, `+call`, `+expiry`, `+replies`.
final class CentrifugeReceiver: Receiver {
    /// What all clients of an endpoint have in common.
    final class Service: Sendable {
        let hub: Hub
        let options: BroadcastServer.CentrifugeOptions

        init(hub: Hub, options: BroadcastServer.CentrifugeOptions) {
            self.hub = hub
            self.options = options
        }
    }

    /// What is published when readers have caught up: a command, or the message that the program has decided on. It is
    /// rare, and has no room in every receiver.
    indirect enum Held {
        case command(Command, TopicName)
        case message(UInt32, Message, TopicName)
    }

    enum Stage {
        /// The client has not said who it is.
        case new
        /// It has, and what it follows from the beginning is being found out.
        case connecting(Greeting)
        case connected
    }

    let service: Service
    /// What opened the connection; `nil` where nobody asks for it any more.
    private(set) var request: ConnectRequest?
    let wire: CentrifugeFormat
    /// Pings are frames of WebSocket, and not of the protocol.
    let pingsByFrame: Bool
    var stage = Stage.new
    /// What is left of the frame that is being worked on, and how many commands of it were looked at.
    var commands: CommandReader?
    var commandCount = 0
    /// When that frame came.
    var frameTime = NIODeadline.distantPast
    var budget = CommandBudget()
    /// What waits for its topic's readers.
    var held: Held?
    /// Replies that go out together when what is at hand has been worked on.
    var replies = ByteBuffer()
    var isWorking = false
    /// How many pings were sent that have not been answered. A client that is not read from for a while answers several
    /// at once.
    var openPings = 0
    /// What it follows, in no order.
    var followed: [Followed] = []
    /// What the program, or its token, says of its connection: one JSON value.
    var connectionInfo: ByteBuffer?
    /// What the client calls itself.
    var application: (name: String, version: String)?
    /// As whom it publishes, where that is told: made with its first message.
    var publisher: Publisher?
    /// When its token is to be renewed; `nil` if never.
    var expiry: TokenExpiry?
    /// Calls of the program that are under way.
    var calls: [UInt32: HookCall] = [:]

    init(_ service: Service, _ request: ConnectRequest) {
        self.service = service
        self.request = request
        let query = request.query
        let isProtobuf =
            request.subprotocol.map { $0 == "centrifuge-protobuf" }
            ?? ((query["format"] ?? query["cf_protocol"]) == "protobuf")
        wire = isProtobuf ? .protobuf : .json
        pingsByFrame = query["cf_ws_frame_ping_pong"] == "true"
    }

    var hub: Hub { service.hub }
    var options: BroadcastServer.CentrifugeOptions { service.options }

    // MARK: Receiver

    var wantsLastWords: Bool { false }

    var hearsNotices: Bool { true }

    var hearsPresence: Bool { false }

    var formatName: String { "centrifuge-\(wire)" }

    func encoding(windowBits: Int) -> Encoding { .centrifuge(wire, windowBits: windowBits) }

    func opened(_ connection: ConnectionHandler, _ admission: Admission) {
        if connection.loop.core.hooks.onSubscribe == nil { request = nil }
        if connection.loop.drainDeadline == nil { connection.setDeadline(.greeting, after: options.connectTime) }
    }

    func received(_ message: Message, on connection: ConnectionHandler) -> Pace {
        commands = CommandReader(message.payload, format: wire)
        commandCount = 0
        if options.commandRate != nil { frameTime = .now() }
        work(connection)
        return .go
    }

    func goOn(_ connection: ConnectionHandler) { work(connection) }

    func pace(of connection: ConnectionHandler) -> Pace {
        switch held {
        case .command(_, let topic), .message(_, _, let topic): hub.pace(of: topic)
        case nil: .go
        }
    }

    func keepAlive(of connection: ConnectionHandler) -> BroadcastServer.KeepAlive? {
        options.keepAlive ?? connection.loop.configuration.keepAlive
    }

    func ping(_ connection: ConnectionHandler) -> ByteBuffer {
        guard !pingsByFrame else { return connection.loop.core.ping }
        openPings += 1
        return wire == .json ? CentrifugeReceiver.jsonPing : CentrifugeReceiver.protobufPing
    }

    private static let jsonPing = makePing(.json)
    private static let protobufPing = makePing(.protobuf)

    private static func makePing(_ format: CentrifugeFormat) -> ByteBuffer {
        var (payload, frame) = (ByteBuffer(), ByteBuffer())
        let writer = ReplyWriter(format: format)
        writer.write(.ping, into: &payload, isFirst: true)
        WebSocketFrame.write(format.opcode, payload, into: &frame)
        return frame
    }

    func words(for end: ConnectionEnd) -> (WebSocketCloseCode, String)? {
        let close: CentrifugeClose
        switch end {
        case .session(.overflow), .session(.outboxOverflow): close = .slow
        case .session(.unrecoverable): close = .insufficientState
        case .session(.unavailable): close = .internalServerError
        case .session(.disconnected(let reason, let code)):
            // 3000 is what clients call a connection that ends without a word
            guard code != CentrifugeClose.connectionClosed.code else { return nil }
            return (WebSocketCloseCode(rawValue: code ?? CentrifugeClose.forceDisconnect.code), reason)
        case .stopping: close = .shutdown
        case .silent: close = .noPong
        case .late: close = .stale
        }
        return (WebSocketCloseCode(rawValue: close.code), close.reason)
    }

    func closed(_ connection: ConnectionHandler, _ reason: CloseReason) {
        commands = nil
        if held.take() != nil { connection.loop.counters.abandoned += 1 }
        expiry?.cancel(on: connection)
        for followed in followed { followed.expiry?.cancel(on: connection) }
        for call in calls.values { call.cancel() }
        calls = [:]
    }
}

extension CentrifugeFormat {
    /// What a frame of it is.
    var opcode: WebSocketOpcode { self == .json ? .text : .binary }
}
