package import Chorus
package import Logging
package import NIOCore

/// All that can be said of the stand-alone server, with its defaults. ``table`` says what each is called and what it is
/// for.
package struct Settings: Sendable {
    package struct Listening: Sendable {
        package var host = "127.0.0.1"
        package var port = 8000
        package var unixSocket: String?
        package var certificate: String?
        package var key: String?
        package var eventLoops: Int?
        package var origins: [String] = []
        package var trustedProxies: [String] = []
        package var compression = true
    }

    package struct Bounds: Sendable {
        package var connections: Int?
        package var connectionsPerAddress: Int?
        package var messageSize = 1 << 20
        package var headSize = 16 << 10
        package var headers = 100
        package var outboxMessages = 128
        package var outboxBytes = 64 << 10
        package var handshakeTime = TimeAmount.seconds(10)
        package var closeTime = TimeAmount.seconds(5)
        package var lingerTime = TimeAmount.seconds(30)
        package var hookTime = TimeAmount.seconds(5)
        package var httpIdleTime = TimeAmount.seconds(60)
    }

    package struct KeepAlive: Sendable {
        package var interval = TimeAmount.seconds(25)
        package var timeout = TimeAmount.seconds(10)
    }

    package struct Memory: Sendable {
        package var readers = 256 << 20
        package var history = 512 << 20
    }

    package struct API: Sendable {
        package var isOn = true
        package var key: String?
        package var keyFile: String?
        package var requestSize = 16 << 20
        package var listLength = 10_000
        package var errorMode = HTTPAPI.ErrorMode.body
    }

    package struct Tokens: Sendable {
        package var hmacSecret: String?
        package var rsaPublicKey: String?
        package var ecdsaPublicKey: String?
        package var jwksFile: String?
        package var audience: String?
        package var issuer: String?
        package var leeway = TimeAmount.zero
        package var userClaim = "sub"
        /// `nil`: if there are no keys for tokens.
        package var anonymous: Bool?
        package var cookie: String?

        /// Whether tokens can be verified at all.
        package var isOn: Bool { [hmacSecret, rsaPublicKey, ecdsaPublicKey, jwksFile].contains { $0 != nil } }
    }

    package struct Centrifuge: Sendable {
        package var isOn = true
        package var path = "/connection"
        package var pingInterval = TimeAmount.seconds(25)
        package var pongTimeout = TimeAmount.seconds(8)
        package var personalTopics = false
        package var personalPrefix = "#"
        package var userSeparator = "#"
        package var privatePrefix = "$"
        package var topics = 128
        package var commands = 1024
        package var commandRate = 1000
        package var commandBurst = 2048
        package var expiryDelay = TimeAmount.seconds(25)
        package var historyLimit = 300
    }

    package struct Demo: Sendable {
        package var isOn = false
        package var feed = true
    }

    package var listen = Listening()
    package var limits = Bounds()
    package var keepAlive = KeepAlive()
    package var drainTime = TimeAmount.seconds(10)
    package var memory = Memory()
    package var api = API()
    package var tokens = Tokens()
    package var centrifuge = Centrifuge()
    /// What holds for all topics, unless their namespace says otherwise.
    package var topics = TopicSettings()
    package var namespaces: [TopicSettings] = []
    package var allowsUnknownNamespaces = true
    package var echo = false
    package var demo = Demo()
    package var logLevel = Logger.Level.info
    /// What options say of whole namespaces; it weighs more than ``namespaces``.
    package var named = NamedNamespaces()

    package init() {}
}
