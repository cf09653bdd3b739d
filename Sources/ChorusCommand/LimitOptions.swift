import ArgumentParser
import Chorus
import ChorusCore
import NIOCore

/// Bounds for what clients do.
struct LimitOptions: ParsableArguments {
    @Option(help: "Connections at once; further ones get 503 (default: as many as the system allows).")
    var maxConnections: Int?

    @Option(help: "Connections at once from one address; further ones get 503 (default: no limit).")
    var maxConnectionsPerAddress: Int?

    @Option(help: "The largest message from a client in bytes, at most 1 GiB; larger ones close with 1009.")
    var maxMessageSize = 1 << 20

    @Option(help: "The largest request head in bytes; larger ones get 431.")
    var maxHeadSize = 16 << 10

    @Option(help: "The most header fields of a request; more get 431.")
    var maxHeaders = 100

    @Option(help: "How many messages for one client alone, answers and pings included, it may leave unread.")
    var outboxMessages = 128

    @Option(help: "How many bytes for one client alone it may leave unread.")
    var outboxBytes = 64 << 10

    @Option(help: "Seconds a client may take to send its request's head.")
    var handshakeTimeout = 10.0

    @Option(help: "Seconds between pings; 0 for none.")
    var pingInterval = 25.0

    @Option(help: "Seconds that a client may take to answer a ping.")
    var pingTimeout = 10.0

    @Option(help: "Seconds a client may take to close after it was told to.")
    var closeTimeout = 5.0

    @Option(help: "Seconds that what a client had sent before it hung up may wait to be published.")
    var lingerTime = 30.0

    @Option(help: "Seconds an HTTP connection may be silent, between requests or within one.")
    var httpIdleTimeout = 60.0

    @Option(help: "The most seconds over which a stop tells clients to come back; 100 clients a second or faster.")
    var drainTime = 10.0

    func validate() throws {
        let counts = [
            ("--max-message-size", maxMessageSize),
            ("--max-connections", maxConnections ?? 1), ("--max-head-size", maxHeadSize),
            ("--max-headers", maxHeaders), ("--outbox-messages", outboxMessages), ("--outbox-bytes", outboxBytes),
            ("--max-connections-per-address", maxConnectionsPerAddress ?? 1),
        ]
        for (name, value) in counts where value < 1 { throw ValidationError("\(name) is at least 1.") }
        guard maxMessageSize <= 1 << 30 else { throw ValidationError("--max-message-size is at most 1 GiB.") }
        let times = [
            ("--handshake-timeout", handshakeTimeout, 0.001), ("--ping-interval", pingInterval, 0),
            ("--ping-timeout", pingTimeout, 0.001), ("--drain-time", drainTime, 0),
            ("--close-timeout", closeTimeout, 0.001), ("--linger-time", lingerTime, 0.001),
            ("--http-idle-timeout", httpIdleTimeout, 0.001),
        ]
        for (name, value, least) in times where !(least...86_400).contains(value) {
            throw ValidationError("\(name) is a number of seconds up to a day.")
        }
    }

    var outbox: OutboxLimits { OutboxLimits(messages: outboxMessages, bytes: outboxBytes) }

    func apply(to configuration: inout BroadcastServer.Configuration) {
        configuration.limits.connections = maxConnections
        configuration.limits.connectionsPerAddress = maxConnectionsPerAddress
        configuration.limits.messageSize = maxMessageSize
        configuration.limits.headSize = maxHeadSize
        configuration.limits.headerCount = maxHeaders
        configuration.limits.closeTime = .seconds(closeTimeout)
        configuration.limits.lingerTime = .seconds(lingerTime)
        configuration.limits.httpIdleTime = .seconds(httpIdleTimeout)
        configuration.limits.handshakeTime = .seconds(handshakeTimeout)
        configuration.keepAlive =
            pingInterval > 0 ? .init(interval: .seconds(pingInterval), timeout: .seconds(pingTimeout)) : nil
        configuration.drainTime = .seconds(drainTime)
    }
}

extension TimeAmount {
    static func seconds(_ seconds: Double) -> TimeAmount { .nanoseconds(Int64(seconds * 1e9)) }
}
