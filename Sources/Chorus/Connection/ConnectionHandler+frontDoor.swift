import ChorusCore
import NIOCore
import WebSocketWire

extension ConnectionHandler {
    /// Something of the first request has come.
    func arrive(_ opening: Opening, _ bytes: ByteBuffer) {
        keep(bytes)
        guard !opening.isAtTheDoor else {
            if stash?.readableBytes ?? 0 > loop.configuration.limits.headSize { pause(.turn) }
            return
        }
        opening.isAtTheDoor = true
        // not now: NIO may have a storm of thousands to hand over
        loop.shard.soon { self.openDoor() }
    }

    /// Reads the first request's head, if something of it has come, and decides.
    func openDoor() {
        guard case .opening(let opening) = phase, opening.isAtTheDoor else { return }
        opening.isAtTheDoor = false
        resume(.turn)
        readHead(opening)
        switch phase {
        case .opening: if hasInputEnded { hungUp() }
        case .http:
            // what NIO has said meanwhile was for nobody yet
            context?.fireChannelReadComplete()
            if hasInputEnded { context?.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        case .deciding, .open, .closing, .closed: break
        }
    }

    private func readHead(_ opening: Opening) {
        guard var buffer = stash.take() else { return }
        readMore(into: &buffer)
        do throws(HandshakeRefusal) {
            let request = try opening.parser.parse(buffer)
            stash = buffer
            guard let (head, length) = request else { return }
            try knock(head, length: length)
        } catch {
            refuse(error)
        }
    }

    /// The most of a head that is read at once.
    private static let usualHead = 2 << 10

    /// NIO reads what comes first into the small buffer that it keeps. The rest of a head, which mostly has come too,
    /// is taken from the socket here: it would cost every client of a storm another round of the event loop.
    private func readMore(into buffer: inout ByteBuffer) {
        guard !isSecure, socket != .none, buffer.readableBytes == ReceiveBuffers.kept else { return }
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: ConnectionHandler.usualHead) {
            socket.read(into: UnsafeMutableRawBufferPointer(rebasing: $0.prefix(ConnectionHandler.usualHead)))
        }
    }

    /// A complete request has come: a WebSocket for one of our paths, or something for the HTTP handlers.
    private func knock(_ head: HTTPRequestHead, length: Int) throws(HandshakeRefusal) {
        guard !loop.core.limiter.isFull else { throw .tooMany }
        if loop.core.limiter.countsAddresses, let address = peer(head).address {
            guard loop.core.limiter.admit(address) else { throw .tooMany }
            countedAddress = address
        }
        guard try upgrade(head, length: length) else {
            detour(head)
            return
        }
    }

    /// Opens a WebSocket if the request is for one of our paths. Returns whether it was.
    ///
    /// - Parameter length: the size of the head, which is what is taken from the stash.
    func upgrade(_ head: HTTPRequestHead, length: Int) throws(HandshakeRefusal) -> Bool {
        guard head.method == "GET" || ServerHandshake.isUpgrade(head) else { return false }
        let path = head.path
        for endpoint in loop.core.endpoints {
            switch endpoint.pattern.match(path) {
            case .no: continue
            case .malformed: throw HandshakeRefusal(status: 400, reason: "The path is not valid percent-encoded UTF-8.")
            case .parameters(let parameters):
                let handshake = try ServerHandshake.negotiate(
                    judged(head),
                    options: .init(
                        origins: loop.configuration.origins,
                        subprotocols: endpoint.subprotocols,
                        deflate: loop.configuration.compresses
                    )
                )
                let isKept =
                    endpoint.keepsRequest
                    || loop.core.hooks.decide(subscribes: true, takesTokens: endpoint.takesTokens)
                var request = ConnectRequest(head: head, parameters: parameters, peer: isKept ? peer(head) : nil)
                request.subprotocol = handshake.subprotocol
                let receiver = try endpoint.admit(request)
                stash?.moveReaderIndex(forwardBy: length)
                if !loop.configuration.trustedProxies.isEmpty { clientAddress = peer(head).address }
                try ask(request, receiver, takesTokens: endpoint.takesTokens) { connection, admission in
                    connection.open(handshake, receiver, admission)
                }
                return true
            }
        }
        return false
    }

    /// What the handshake is judged by. A page can make any name lead to a loopback address, so there only names of
    /// this machine make an origin the server's own; without a `Host` none is.
    private func judged(_ head: HTTPRequestHead) -> HTTPRequestHead {
        guard head.first("Origin") != nil, context?.localAddress?.isLoopback ?? false,
            !HostName.isLoopback(head.first("Host") ?? "")
        else { return head }
        var head = head
        head.headers.removeAll { $0.name.lowercased() == "host" }
        return head
    }

    /// Finds out whether the client may come in, and goes on with `answer`. Where the program has no hook for that, at
    /// once.
    private func ask(
        _ request: ConnectRequest,
        _ receiver: any Receiver,
        takesTokens: Bool,
        _ answer: @escaping (ConnectionHandler, Admission) -> Void
    ) throws(HandshakeRefusal) {
        let topic = receiver.subscribesTo.map { ($0, loop.core.hub.namespace(of: $0).subscribers) }
        let core = loop.core
        guard core.hooks.decide(subscribes: topic != nil, takesTokens: takesTokens) else {
            let admission = Admission()
            if let topic { try admission.check(topic.1, topic.0, in: core.hub) }
            return answer(self, admission)
        }
        // the hooks' own time counts from here on
        loop.shard.wheel.cancel(self)
        phase = .deciding
        pause(.turn)
        question = HookCall.start(on: loop) {
            try await core.hooks.admit(request, to: topic, takesTokens: takesTokens, in: core.hub)
        } _: { [weak self] (result: Result<Admission, any Error>) in
            guard let self, case .deciding = phase else { return }
            questionEnded()
            switch result {
            case .success(let admission): answer(self, admission)
            case .failure(let error): refuse(HandshakeRefusal(logged(error)))
            }
        }
    }

    private func peer(_ head: HTTPRequestHead) -> Peer {
        Peer(socket: context?.remoteAddress, head: head, proxies: loop.configuration.trustedProxies)
    }

    /// Answers the handshake: from here on this is a session.
    private func open(_ handshake: ServerHandshake, _ receiver: any Receiver, _ admission: Admission) {
        var response = ByteBuffer()
        handshake.writeResponse(into: &response)
        let limits = loop.configuration.limits
        reader = WebSocketReader(
            role: .server,
            maximumMessageSize: limits.messageSize,
            acceptsDeflate: handshake.deflate != nil
        )
        windowBits = UInt8(handshake.deflate?.serverWindowBits ?? 0)
        let session = loop.shard.open(
            self,
            socket: isSecure ? .none : socket,
            encoding: receiver.encoding(windowBits: Int(windowBits)),
            hearsNotices: receiver.hearsNotices,
            hearsPresence: receiver.hearsPresence,
            user: admission.user
        )
        self.session = session
        self.receiver = receiver
        if hasHTTPHandlers {
            // this answer goes after those to earlier requests
            session.writeFirst(response)
        } else {
            session.send(response, isReply: true)
        }
        socket.keepsQueueShort()
        if let keepAlive = receiver.keepAlive(of: self) {
            socket.givesUp(after: keepAlive.interval + keepAlive.timeout)
        }
        phase = .open
        startKeepAlive()
        if let end = admission.end { expires(at: end) }
        receiver.opened(self, admission)
        readFrames(nil)
        // while the HTTP handlers were still answering
        if hasInputEnded { hungUp() }
    }
}

extension HandshakeRefusal {
    /// What a hook has thrown.
    init(_ error: any Error) {
        switch error {
        case let refusal as Refusal: self = refusal.response
        case let refusal as HandshakeRefusal: self = refusal
        case is HookTimeout:
            self.init(
                status: 503,
                reason: "The server could not decide in time; try again later.",
                headers: [HTTPHeaderField(name: "Retry-After", value: "5")]
            )
        default: self.init(status: 500, reason: "The server could not decide; try again later.")
        }
    }

    /// More connections than the limits allow.
    static let tooMany = HandshakeRefusal(
        status: 503,
        reason: "Too many connections; try again later.",
        headers: [HTTPHeaderField(name: "Retry-After", value: "5")]
    )
}
