import NIOCore

extension Settings {
    /// The protocol of Centrifuge's clients.
    static let centrifugeProtocol: [Setting<Settings>] = [
        Setting(
            "centrifuge.enabled",
            \.centrifuge.isOn,
            .flag,
            isLive: false,
            "Let clients of the Centrifuge protocol connect."
        ),
        Setting(
            "centrifuge.path",
            \.centrifuge.path,
            .text("a path such as /connection", where: Settings.isPath),
            isLive: false,
            "Where they connect: the path before /websocket."
        ),
        Setting(
            "centrifuge.ping_interval",
            \.centrifuge.pingInterval,
            .time(from: .zero),
            isLive: false,
            "Time between the protocol's own pings; 0: as for all clients."
        ),
        Setting(
            "centrifuge.pong_timeout",
            \.centrifuge.pongTimeout,
            .time(),
            isLive: false,
            "How long a client may take to answer one; shorter than the time between them."
        ),
        Setting(
            "centrifuge.personal_topics.enabled",
            \.centrifuge.personalTopics,
            .flag,
            isLive: false,
            "Subscribe every client that is known by a user's name to the user's personal topic."
        ),
        Setting(
            "centrifuge.personal_topics.prefix",
            \.centrifuge.personalPrefix,
            .text("the beginning of a topic's name", where: { !$0.isEmpty }),
            isLive: false,
            "What stands before the user's name in the name of his personal topic."
        ),
        Setting(
            "centrifuge.user_limited_topics.separator",
            \.centrifuge.userSeparator,
            .text("one character, or an empty text", where: { $0.count <= 1 }),
            isLive: false,
            """
            In a topic's name, what stands before the users who may subscribe, whatever subscribers says, and \
            nobody else, with commas between them; empty for no such topics.
            """
        ),
        Setting(
            "centrifuge.private_topics.prefix",
            \.centrifuge.privatePrefix,
            .text("the beginning of a topic's name, or an empty text"),
            isLive: false,
            "What the names of topics begin with that need a token for the topic; empty for no such topics."
        ),
        Setting(
            "centrifuge.max_topics",
            \.centrifuge.topics,
            .count(),
            isLive: false,
            "The most topics that one connection may be subscribed to."
        ),
        Setting(
            "centrifuge.max_commands",
            \.centrifuge.commands,
            .count(),
            isLive: false,
            "The most commands in one frame; at least one more than the topics of a connection."
        ),
        Setting(
            "centrifuge.command_rate",
            \.centrifuge.commandRate,
            .count(from: 0),
            isLive: false,
            "Commands a second that one client may go on sending; 0: as many as it likes."
        ),
        Setting(
            "centrifuge.command_burst",
            \.centrifuge.commandBurst,
            .count(),
            isLive: false,
            "Commands that one client may send at once, before the rate holds; at least those of a frame."
        ),
        Setting(
            "centrifuge.expiry_delay",
            \.centrifuge.expiryDelay,
            .time(from: .zero),
            isLive: false,
            "How long a client whose token has expired may take to refresh it."
        ),
        Setting(
            "centrifuge.history_limit",
            \.centrifuge.historyLimit,
            .count(),
            isLive: false,
            "The most messages in one answer to a client that asks for a topic's history."
        ),
    ]

    /// Begins with a slash, does not end with one, and has nothing that a path would have to encode.
    @Sendable
    private static func isPath(_ text: String) -> Bool {
        text.hasPrefix("/") && !text.hasSuffix("/")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    UInt8(ascii: "."), UInt8(ascii: "~"):
                    true
                default: false
                }
            }
    }
}
