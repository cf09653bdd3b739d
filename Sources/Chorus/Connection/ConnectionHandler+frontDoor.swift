import ChorusCore
import NIOCore
import WebSocketWire

extension ConnectionHandler {
    /// Reads the first request's head, and decides.
    func readHead(_ opening: Opening, _ bytes: ByteBuffer) {
        var buffer = stash.take() ?? ByteBuffer()
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeImmutableBuffer(bytes) }
        do throws(HandshakeRefusal) {
            let request = try opening.parser.parse(buffer)
            stash = buffer
            guard let (head, length) = request else { return }
            try knock(head, length: length)
        } catch {
            refuse(error)
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
        for endpoint in loop.core.endpoints {
            switch endpoint.pattern.match(head.path) {
            case .no: continue
            case .malformed: throw HandshakeRefusal(status: 400, reason: "The path is not valid percent-encoded UTF-8.")
            case .parameters(let parameters):
                let handshake = try ServerHandshake.negotiate(
                    judged(head),
                    options: .init(origins: loop.core.origins, deflate: loop.core.configuration.compresses)
                )
                let isKept = endpoint.keepsRequest || loop.core.onConnect != nil
                let request = ConnectRequest(head: head, parameters: parameters, peer: isKept ? peer(head) : nil)
                let receiver = try endpoint.admit(request)
                stash?.moveReaderIndex(forwardBy: length)
                ask(request) { connection in connection.open(handshake, receiver) }
                return true
            }
        }
        return false
    }

    /// What the handshake is judged by. A page can make any name lead to a loopback address, so there only names of this
    /// machine make an origin the server's own; without a `Host` none is.
    private func judged(_ head: HTTPRequestHead) -> HTTPRequestHead {
        guard head.first("Origin") != nil, context?.localAddress?.isLoopback ?? false,
            !HostName.isLoopback(head.first("Host") ?? "")
        else { return head }
        var head = head
        head.headers.removeAll { $0.name.lowercased() == "host" }
        return head
    }

    /// Asks the program's hook, if there is one, and goes on with `answer`.
    private func ask(_ request: ConnectRequest, _ answer: @escaping (ConnectionHandler) -> Void) {
        guard let hook = loop.core.onConnect else { return answer(self) }
        // of a later request nobody has set it
        if hasHTTPHandlers { setDeadline(.handshake, after: loop.core.configuration.limits.handshakeTime) }
        phase = .deciding
        pause(.turn)
        let bound = NIOLoopBound((connection: self, answer: answer), eventLoop: loop.eventLoop)
        Task {
            let refusal: HandshakeRefusal?
            do {
                try await hook(request)
                refusal = nil
            } catch let error as Refusal {
                refusal = error.response
            } catch {
                refusal = HandshakeRefusal(status: 500, reason: "The server could not decide; try again later.")
            }
            bound.eventLoop.execute {
                let (connection, answer) = bound.value
                guard case .deciding = connection.phase else { return }
                connection.resume(.turn)
                if let refusal { connection.refuse(refusal) } else { answer(connection) }
            }
        }
    }

    private func peer(_ head: HTTPRequestHead) -> Peer {
        Peer(socket: context?.remoteAddress, head: head, proxies: loop.core.configuration.trustedProxies)
    }

    /// Answers the handshake: from here on this is a session.
    private func open(_ handshake: ServerHandshake, _ receiver: any Receiver) {
        var response = ByteBuffer()
        handshake.writeResponse(into: &response)
        let limits = loop.core.configuration.limits
        reader = WebSocketReader(
            role: .server,
            maximumMessageSize: limits.messageSize,
            acceptsDeflate: handshake.deflate != nil
        )
        windowBits = UInt8(handshake.deflate?.serverWindowBits ?? 0)
        let session = loop.shard.open(
            self,
            encoding: .frames(receiver.format, windowBits: Int(windowBits)),
            hearsNotices: receiver.format == .envelope
        )
        self.session = session
        self.receiver = receiver
        if hasHTTPHandlers {
            // this answer goes after those to earlier requests
            session.writeFirst(response)
        } else {
            session.send(response, isReply: true)
        }
        socket?.keepsQueueShort()
        if let keepAlive = loop.core.configuration.keepAlive {
            socket?.givesUp(after: keepAlive.interval + keepAlive.timeout)
        }
        phase = .open
        startKeepAlive()
        receiver.opened(self)
        readFrames(nil)
        // while the HTTP handlers were still answering
        if hasInputEnded { hungUp() }
    }
}

extension HandshakeRefusal {
    /// More connections than the limits allow.
    static let tooMany = HandshakeRefusal(
        status: 503,
        reason: "Too many connections; try again later.",
        headers: [HTTPHeaderField(name: "Retry-After", value: "5")]
    )
}
