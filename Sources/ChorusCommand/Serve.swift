import ArgumentParser
import Chorus
import ChorusCore
import Logging
import NIOCore

/// `chorus serve`: the stand-alone server.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start the server.",
        discussion: """
            Clients of /ws talk to each other: a text that one sends is relayed to all as "Message: …". Clients of
            /ws/TOPIC share the topic TOPIC. Without options only this machine can connect.
            If others can, directly or through a proxy, clients may publish only where --publish says so.

            SIGTERM and SIGINT stop the server: what was accepted is delivered, and clients are told to come back. With
            --certificate, SIGHUP reads it again.
            """
    )

    @OptionGroup(title: "Listening") var listening: ListeningOptions
    @OptionGroup(title: "Topics") var topics: TopicOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions

    @Flag(help: "Offer /echo, which sends every message back to its sender.")
    var echo = false

    @Option(
        help: "How much to log: trace, debug, info, notice, warning, error or critical (default: info).",
        transform: { name in
            guard let level = Logger.Level(rawValue: name) else { throw ValidationError("there is no level \(name)") }
            return level
        }
    )
    var logLevel = Logger.Level.info

    func run() async throws {
        let configuration = try listening.configuration(limits: limits)
        var logger = Logger(label: "chorus", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = logLevel
        let hub = topics.hub(outbox: limits.outbox, isLocal: listening.isLocal)
        let publishing = topics.publishing(isLocal: listening.isLocal)
        let server = BroadcastServer(
            configuration: configuration,
            hub: hub,
            router: FrontPage.router(isSecure: configuration.tls != nil, echoes: echo),
            logger: logger
        )
        server.relayTopics()
        if echo { server.echo() }
        FileLimit.raise()
        await Exit.withCode {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                group.addTask {
                    let addresses = await server.addresses
                    Announcement(
                        addresses: addresses,
                        isSecure: configuration.tls != nil,
                        echoes: echo,
                        publishing: publishing
                    ).print()
                }
                try await group.waitForAll()
            }
        }
    }
}
