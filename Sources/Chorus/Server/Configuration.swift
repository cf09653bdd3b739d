public import NIOCore
public import WebSocketWire

extension BroadcastServer {
    /// Where a server listens, what it allows, and when it gives up.
    public struct Configuration: Sendable {
        /// The address to listen on. Default `127.0.0.1`: only this machine.
        public var host: String
        /// The port; 0 lets the system choose. Default 8000.
        public var port: Int
        /// A Unix socket to listen on in place of host and port; a socket file that is there is replaced.
        /// Default none.
        public var unixSocketPath: String?
        /// TLS, from files that can be read again. Default none.
        public var tls: TLSFiles?
        /// Threads that serve connections. Default `nil`: one per processor core, shared with the whole process.
        public var eventLoops: Int?
        /// Which web pages may connect. Default those of the server's own origin, on loopback only under a name of this
        /// machine.
        public var origins: OriginPolicy
        /// Whether clients that ask for permessage-deflate get it. Default yes.
        public var compresses: Bool
        /// Bounds for what clients do. Default those of ``Limits``.
        public var limits: Limits
        /// When silent clients are asked, and given up; `nil` for never. Default after 25 seconds, and 10 more.
        public var keepAlive: KeepAlive?
        /// Over how long at most clients are told to come back when the server stops: 100 a second or faster. Default
        /// 10 seconds.
        public var drainTime: TimeAmount
        /// Networks whose `X-Forwarded-For` is believed, such as `10.0.0.0/8`. Default none.
        public var trustedProxies: [TrustedProxy]

        /// Makes a configuration; everything has a default.
        public init(
            host: String = "127.0.0.1",
            port: Int = 8000,
            unixSocketPath: String? = nil,
            tls: TLSFiles? = nil,
            eventLoops: Int? = nil,
            origins: OriginPolicy = .sameOrigin,
            compresses: Bool = true,
            limits: Limits = Limits(),
            keepAlive: KeepAlive? = KeepAlive(),
            drainTime: TimeAmount = .seconds(10),
            trustedProxies: [TrustedProxy] = []
        ) {
            self.host = host
            self.port = port
            self.unixSocketPath = unixSocketPath
            self.tls = tls
            self.eventLoops = eventLoops
            self.origins = origins
            self.compresses = compresses
            self.limits = limits
            self.keepAlive = keepAlive
            self.drainTime = drainTime
            self.trustedProxies = trustedProxies
        }
    }

    /// Bounds for what clients do. Who exceeds one is told so; nobody else notices.
    public struct Limits: Sendable, Hashable {
        /// Connections at once; further ones are answered 503 with `Retry-After`, and beyond 256 of those closed
        /// without an answer. Default none but the system's.
        public var connections: Int?
        /// Connections at once from one address; further ones are answered 503. Default none.
        public var connectionsPerAddress: Int?
        /// The largest message from a client, in bytes after decompression; a larger one closes with 1009. Default
        /// 1 MiB, at most 1 GiB.
        public var messageSize: Int
        /// The largest request head, in bytes; a larger one is answered 431. Default 16 KiB.
        public var headSize: Int
        /// The most header fields of a request; more are answered 431. Default 100.
        public var headerCount: Int
        /// How long a client may take from connecting to the end of its request's head; then it is answered 408.
        /// Default 10 seconds.
        public var handshakeTime: TimeAmount
        /// How long a client may take to close after it was told to. Default 5 seconds.
        public var closeTime: TimeAmount
        /// How long what a client had sent before it hung up may wait to be published, or to be taken by its handler
        /// (at most 10 seconds then). Default 30 seconds.
        public var lingerTime: TimeAmount
        /// How long the program's hooks may take to answer a question; then the client is refused what it wants.
        /// Default 5 seconds.
        public var hookTime: TimeAmount
        /// How many calls of the program by clients may be under way at once; further ones get error 111. Default 1,000.
        public var calls: Int
        /// How long an HTTP connection may be idle between requests. Default 60 seconds.
        public var httpIdleTime: TimeAmount

        /// Makes limits; everything has a default.
        public init(
            connections: Int? = nil,
            connectionsPerAddress: Int? = nil,
            messageSize: Int = 1 << 20,
            headSize: Int = 16 << 10,
            headerCount: Int = 100,
            handshakeTime: TimeAmount = .seconds(10),
            closeTime: TimeAmount = .seconds(5),
            lingerTime: TimeAmount = .seconds(30),
            hookTime: TimeAmount = .seconds(5),
            calls: Int = 1_000,
            httpIdleTime: TimeAmount = .seconds(60)
        ) {
            self.connections = connections
            self.connectionsPerAddress = connectionsPerAddress
            self.messageSize = messageSize
            self.headSize = headSize
            self.headerCount = headerCount
            self.handshakeTime = handshakeTime
            self.closeTime = closeTime
            self.lingerTime = lingerTime
            self.hookTime = hookTime
            self.calls = max(1, calls)
            self.httpIdleTime = httpIdleTime
        }
    }

    /// A client is pinged at every `interval`; if nothing at all has come from it `timeout` later, it is gone.
    public struct KeepAlive: Sendable, Hashable {
        /// Time from ping to ping. Default 25 seconds.
        public var interval: TimeAmount
        /// Time to answer. Default 10 seconds.
        public var timeout: TimeAmount

        /// Makes a keep-alive: a client that vanished is removed after at most `interval` + `timeout` (a `timeout`
        /// longer than `interval`: twice that), and after an `interval` more if it was not being read from.
        public init(interval: TimeAmount = .seconds(25), timeout: TimeAmount = .seconds(10)) {
            self.interval = interval
            self.timeout = timeout
        }

        /// How often a client hears a ping: no other before there was time to answer.
        var period: TimeAmount { max(interval, timeout) }
    }

    /// Where certificate and key are, in PEM form.
    public struct TLSFiles: Sendable, Hashable {
        /// The file with the certificate and those that lead to its root.
        public var certificateChain: String
        /// The file with the private key.
        public var privateKey: String

        /// Names the files.
        public init(certificateChain: String, privateKey: String) {
            self.certificateChain = certificateChain
            self.privateKey = privateKey
        }
    }
}
