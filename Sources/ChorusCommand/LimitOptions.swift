import ArgumentParser
import Configuration

/// Bounds for what clients do.
struct LimitOptions: ParsableArguments {
    @Option(help: Settings.help("--max-connections")) var maxConnections: Int?

    @Option(help: Settings.help("--max-connections-per-address")) var maxConnectionsPerAddress: Int?

    @Option(help: Settings.help("--max-message-size")) var maxMessageSize: String?

    @Option(help: Settings.help("--max-head-size")) var maxHeadSize: String?

    @Option(help: Settings.help("--max-headers")) var maxHeaders: Int?

    @Option(help: Settings.help("--outbox-messages")) var outboxMessages: Int?

    @Option(help: Settings.help("--outbox-bytes")) var outboxBytes: String?

    @Option(help: Settings.help("--handshake-timeout")) var handshakeTimeout: String?

    @Option(help: Settings.help("--ping-interval")) var pingInterval: String?

    @Option(help: Settings.help("--ping-timeout")) var pingTimeout: String?

    @Option(help: Settings.help("--close-timeout")) var closeTimeout: String?

    @Option(help: Settings.help("--linger-time")) var lingerTime: String?

    @Option(help: Settings.help("--http-idle-timeout")) var httpIdleTimeout: String?

    @Option(help: Settings.help("--drain-time")) var drainTime: String?

    var given: [String: ConfigContent?] {
        [
            "--max-connections": maxConnections.map(ConfigContent.int),
            "--max-connections-per-address": maxConnectionsPerAddress.map(ConfigContent.int),
            "--max-message-size": maxMessageSize.map(ConfigContent.string),
            "--max-head-size": maxHeadSize.map(ConfigContent.string),
            "--max-headers": maxHeaders.map(ConfigContent.int),
            "--outbox-messages": outboxMessages.map(ConfigContent.int),
            "--outbox-bytes": outboxBytes.map(ConfigContent.string),
            "--handshake-timeout": handshakeTimeout.map(ConfigContent.string),
            "--ping-interval": pingInterval.map(ConfigContent.string),
            "--ping-timeout": pingTimeout.map(ConfigContent.string),
            "--close-timeout": closeTimeout.map(ConfigContent.string),
            "--linger-time": lingerTime.map(ConfigContent.string),
            "--http-idle-timeout": httpIdleTimeout.map(ConfigContent.string),
            "--drain-time": drainTime.map(ConfigContent.string),
        ]
    }
}
