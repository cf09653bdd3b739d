import ArgumentParser
import Chorus
import ChorusCore
import NIOCore

/// Bounds for what clients do and for what the server keeps.
struct LimitOptions: ParsableArguments {
    @Option(help: "Connections at once; further ones get 503 (default: as many as the system allows).")
    var maxConnections: Int?

    @Option(help: "Connections at once from one address; further ones get 503 (default: no limit).")
    var maxConnectionsPerAddress: Int?

    @Option(help: "The largest message from a client in bytes, at most 1 GiB; larger ones close with 1009.")
    var maxMessageSize = 1 << 20

    @Option(help: "How many messages a reader may be behind before it is closed with 1013.")
    var windowMessages = 16_384

    @Option(help: "How many bytes a reader may be behind.")
    var windowBytes = 2 << 20

    @Option(help: "How many bytes all topics together keep for readers that are behind.")
    var memoryBudget = 256 << 20

    @Option(help: "Seconds a client may take to send its request's head.")
    var handshakeTimeout = 10.0

    @Option(help: "Seconds between pings; 0 for none.")
    var pingInterval = 25.0

    @Option(help: "Seconds that a client may take to answer a ping.")
    var pingTimeout = 10.0

    @Option(help: "The most seconds over which a stop tells clients to come back; 100 clients a second or faster.")
    var drainTime = 10.0

    func validate() throws {
        let counts = [
            ("--max-message-size", maxMessageSize), ("--window-messages", windowMessages),
            ("--window-bytes", windowBytes), ("--memory-budget", memoryBudget),
            ("--max-connections", maxConnections ?? 1),
            ("--max-connections-per-address", maxConnectionsPerAddress ?? 1),
        ]
        for (name, value) in counts where value < 1 { throw ValidationError("\(name) is at least 1.") }
        guard maxMessageSize <= 1 << 30 else { throw ValidationError("--max-message-size is at most 1 GiB.") }
        let times = [
            ("--handshake-timeout", handshakeTimeout, 0.001), ("--ping-interval", pingInterval, 0),
            ("--ping-timeout", pingTimeout, 0.001), ("--drain-time", drainTime, 0),
        ]
        for (name, value, least) in times where !(least...86_400).contains(value) {
            throw ValidationError("\(name) is a number of seconds up to a day.")
        }
    }

    var hub: Hub.Configuration {
        Hub.Configuration(
            window: Window(messages: windowMessages, bytes: windowBytes),
            memoryBudget: memoryBudget
        )
    }

    func apply(to configuration: inout BroadcastServer.Configuration) {
        configuration.limits.connections = maxConnections
        configuration.limits.connectionsPerAddress = maxConnectionsPerAddress
        configuration.limits.messageSize = maxMessageSize
        configuration.limits.handshakeTime = .seconds(handshakeTimeout)
        configuration.keepAlive =
            pingInterval > 0 ? .init(interval: .seconds(pingInterval), timeout: .seconds(pingTimeout)) : nil
        configuration.drainTime = .seconds(drainTime)
    }
}

extension TimeAmount {
    fileprivate static func seconds(_ seconds: Double) -> TimeAmount { .nanoseconds(Int64(seconds * 1e9)) }
}
