import Chorus
import ChorusCore
import Logging
import NIOCore

extension Settings {
    /// Bounds for what clients do.
    static let bounds: [Setting<Settings>] = [
        Setting(
            "limits.connections",
            \.limits.connections,
            .optional(.count()),
            flag: "--max-connections",
            "Connections at once; further ones get 503. Without: as many as the system allows."
        ),
        Setting(
            "limits.connections_per_address",
            \.limits.connectionsPerAddress,
            .optional(.count()),
            flag: "--max-connections-per-address",
            "Connections at once from one address; further ones get 503. Without: no limit."
        ),
        Setting(
            "limits.message_size",
            \.limits.messageSize,
            .bytes(to: 1 << 30),
            flag: "--max-message-size",
            isLive: false,
            "The largest message from a client in bytes, at most 1 GiB; larger ones close with 1009."
        ),
        Setting(
            "limits.head_size",
            \.limits.headSize,
            .bytes(),
            flag: "--max-head-size",
            "The largest request head in bytes; larger ones get 431."
        ),
        Setting(
            "limits.headers",
            \.limits.headers,
            .count(),
            flag: "--max-headers",
            "The most header fields of a request; more get 431."
        ),
        Setting(
            "limits.outbox_messages",
            \.limits.outboxMessages,
            .count(),
            flag: "--outbox-messages",
            isLive: false,
            "How many messages for one client alone, answers and pings included, it may leave unread."
        ),
        Setting(
            "limits.outbox_bytes",
            \.limits.outboxBytes,
            .bytes(),
            flag: "--outbox-bytes",
            isLive: false,
            "How many bytes for one client alone it may leave unread."
        ),
        Setting(
            "limits.handshake_time",
            \.limits.handshakeTime,
            .time(),
            flag: "--handshake-timeout",
            "How long a client may take to send its request's head."
        ),
        Setting(
            "limits.close_time",
            \.limits.closeTime,
            .time(),
            flag: "--close-timeout",
            "How long a client may take to close after it was told to."
        ),
        Setting(
            "limits.linger_time",
            \.limits.lingerTime,
            .time(),
            flag: "--linger-time",
            "How long what a client had sent before it hung up may wait to be published."
        ),
        Setting(
            "limits.hook_time",
            \.limits.hookTime,
            .time(),
            "How long it may take to decide about a client, as by its token; then it is refused."
        ),
        Setting(
            "limits.http_idle_time",
            \.limits.httpIdleTime,
            .time(),
            flag: "--http-idle-timeout",
            "How long an HTTP connection may be silent, between requests or within one."
        ),
    ]

    /// Pings, stopping, memory, and what is offered besides.
    static let rest: [Setting<Settings>] = [
        Setting(
            "keep_alive.interval",
            \.keepAlive.interval,
            .time(from: .zero),
            flag: "--ping-interval",
            isLive: false,
            "Time between pings; 0 for none."
        ),
        Setting(
            "keep_alive.timeout",
            \.keepAlive.timeout,
            .time(),
            flag: "--ping-timeout",
            isLive: false,
            "How long a client may take to answer a ping."
        ),
        Setting(
            "drain_time",
            \.drainTime,
            .time(from: .zero),
            flag: "--drain-time",
            "The most time over which a stop tells clients to come back; 100 clients a second or faster."
        ),
        Setting(
            "compression",
            \.listen.compression,
            .flag,
            flag: "--compression",
            "Compress for clients that ask for it."
        ),
        Setting(
            "unknown_namespaces",
            \.allowsUnknownNamespaces,
            .flag,
            isLive: false,
            """
            Whether there are topics of namespaces that are not configured; what is said of topics holds for \
            them. If not, nobody may use them. There is always lobby.
            """
        ),
        Setting(
            "memory.readers",
            \.memory.readers,
            .bytes(),
            flag: "--memory-budget",
            isLive: false,
            "How many bytes all topics together keep for readers that are behind."
        ),
        Setting(
            "memory.history",
            \.memory.history,
            .bytes(),
            flag: "--history-memory",
            isLive: false,
            "About how many bytes of history all topics together keep; beyond it each topic keeps its share."
        ),
        Setting(
            "echo",
            \.echo,
            .flag,
            flag: "--echo",
            isLive: false,
            "Offer /echo, which sends every message back to its sender."
        ),
        Setting(
            "demo.enabled",
            \.demo.isOn,
            .flag,
            flag: "--demo",
            isLive: false,
            "Offer demos under /demo: a chat, notifications, live scores and a ticker, with simulated news."
        ),
        Setting(
            "demo.feed",
            \.demo.feed,
            .flag,
            flag: "--demo-feed",
            isLive: false,
            "Publish simulated news for the demos; without, they show what you publish."
        ),
        Setting(
            "log_level",
            \.logLevel,
            .level,
            flag: "--log-level",
            "How much to log."
        ),
    ]
}

extension SettingType where Value == Logger.Level {
    static var level: SettingType {
        .choice([
            "trace": .trace, "debug": .debug, "info": .info, "notice": .notice, "warning": .warning, "error": .error,
            "critical": .critical,
        ])
    }
}
