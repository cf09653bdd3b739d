public import NIOCore

extension BroadcastServer {
    /// How clients of the Centrifuge protocol are served (``centrifuge(at:_:)``).
    public struct CentrifugeOptions: Sendable {
        /// Who verifies the tokens that clients show. Default nobody: tokens are refused (close code 3500).
        public var tokens: (any TokenVerifier)?
        /// Whether clients may connect without a token, as nobody or as whom ``authenticate(_:)`` says they are. Default
        /// `nil`: if there is no one to verify tokens.
        public var allowsAnonymous: Bool?
        /// What the topic that every user follows from the beginning is named: this, and then the user's name. Default
        /// none. With ``Hub/Configuration/userSeparator`` nobody else may follow it.
        public var personalPrefix: String?
        /// When clients are pinged, and given up (3012); `nil` for as all others of the server (``Configuration/keepAlive``). Default
        /// `nil`.
        public var keepAlive: KeepAlive?
        /// How long a client may take from opening the connection to its `connect` command; then it is closed with 3502.
        /// Default 10 seconds.
        public var connectTime: TimeAmount
        /// The most topics that a client may follow; more are refused with error 106. Default 128.
        public var topicsPerConnection: Int
        /// The most commands in one frame; more close the connection with 3501. Default 1,024; at least what a client
        /// needs to connect and follow ``topicsPerConnection``, which SDKs do in one frame.
        public var commandsPerFrame: Int
        /// How many commands a second a client may go on sending; `nil` for as many as it likes. What is beyond is
        /// refused with error 111, and a client that does not heed it is closed with 3013. Default 1,000.
        public var commandRate: Int?
        /// How many commands a client may send at once; then ``commandRate`` holds. Default 2,048; at least
        /// ``commandsPerFrame``.
        public var commandBurst: Int
        /// How long after its token has expired a connection is closed (3005), or a subscription ended (2501), unless
        /// the client has shown a new one. Default 25 seconds.
        public var expiryGrace: TimeAmount
        /// The most publications in one answer to `history`. Default 300.
        public var historyLimit: Int
        /// How long a call of the program by `rpc` may take; then the client gets error 100. Default 5 seconds.
        public var callTime: TimeAmount
        /// How many calls of one client may be under way; what it sends meanwhile waits. Default 16.
        public var callsPerConnection: Int

        /// Makes options; everything has a default. Numbers of topics and commands are at most 1,000,000.
        public init(
            tokens: (any TokenVerifier)? = nil,
            allowsAnonymous: Bool? = nil,
            personalPrefix: String? = nil,
            keepAlive: KeepAlive? = nil,
            connectTime: TimeAmount = .seconds(10),
            topicsPerConnection: Int = 128,
            commandsPerFrame: Int = 1_024,
            commandRate: Int? = 1_000,
            commandBurst: Int = 2_048,
            expiryGrace: TimeAmount = .seconds(25),
            historyLimit: Int = 300,
            callTime: TimeAmount = .seconds(5),
            callsPerConnection: Int = 16
        ) {
            let most = 1_000_000
            self.tokens = tokens
            self.allowsAnonymous = allowsAnonymous
            self.personalPrefix = personalPrefix
            self.keepAlive = keepAlive
            self.connectTime = connectTime
            self.topicsPerConnection = min(max(1, topicsPerConnection), most - 1)
            self.commandsPerFrame = min(max(commandsPerFrame, self.topicsPerConnection + 1), most)
            self.commandRate = commandRate.map { min(max(1, $0), most) }
            self.commandBurst = min(max(commandBurst, self.commandsPerFrame), most)
            self.expiryGrace = expiryGrace
            self.historyLimit = max(1, historyLimit)
            self.callTime = callTime
            self.callsPerConnection = max(1, callsPerConnection)
        }

        var needsToken: Bool { !(allowsAnonymous ?? (tokens == nil)) }
    }
}
