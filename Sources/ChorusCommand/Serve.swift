import ArgumentParser
import Chorus
import ChorusCore
import ChorusDemo
import Hummingbird
import Logging

/// `chorus serve`: the stand-alone server.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start the server.",
        discussion: """
            Clients of /ws talk to each other: a text that one sends is relayed to all as "Message: …". Clients of
            /ws/TOPIC share the topic TOPIC. Backends publish through POST /api/publish. Without options only this
            machine can connect. If others can, directly or through a proxy, clients may publish only where --publish
            says so, and the HTTP API needs a key.

              chorus serve --demo
              chorus serve --host 0.0.0.0 --publish chat --api-key-file keys
              chorus serve --certificate chain.pem --key key.pem --origin https://example.com

            SIGTERM and SIGINT stop the server: what was accepted is delivered, and clients are told to come back. With
            --certificate, SIGHUP reads it again.
            """
    )

    @OptionGroup(title: "Listening") var listening: ListeningOptions
    @OptionGroup(title: "Topics") var topics: TopicOptions
    @OptionGroup(title: "HTTP API") var api: APIOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions

    @Flag(help: "Offer demos under /demo: a chat, notifications, live scores and a ticker, with simulated news.")
    var demo = false

    @Flag(inversion: .prefixedNo, help: "Publish simulated news for the demos; without, they show what you publish.")
    var demoFeed = true

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
        FileLimit.raise()
        await Exit.withCode {
            let keys = try api.keys()
            let (server, announcement) = server(configuration, keys: keys)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                group.addTask { announcement.print(await server.addresses) }
                try await group.waitForAll()
            }
        }
    }

    private func server(
        _ configuration: BroadcastServer.Configuration,
        keys: [String]
    ) -> (BroadcastServer, Announcement) {
        let isLocal = listening.isLocal
        let hub = topics.hub(outbox: limits.outbox, isLocal: isLocal, demo ? Demos.namespaces : [])
        let announcement = Announcement(
            isSecure: configuration.tls != nil,
            echoes: echo,
            hasDemos: demo,
            hasDemoFeed: demo && demoFeed,
            publishing: topics.publishing(isLocal: isLocal, demo ? Demos.namespaces : []),
            api: api.api ? api.users(keys: keys, isLocal: isLocal) : nil
        )
        let router = Router(context: BasicRequestContext.self)
        FrontPage(hub: hub, announcement: announcement).addRoutes(to: router)
        DemoPages.addRoutes(to: router, pages: demo)
        if api.api {
            let messageSize = limits.maxMessageSize
            api.api(of: hub, keys: keys, isLocal: isLocal, messageSize: messageSize).addRoutes(to: router)
        }
        var logger = Logger(label: "chorus", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = logLevel
        let server = BroadcastServer(configuration: configuration, hub: hub, router: router, logger: logger)
        server.relayTopics()
        if echo { server.echo() }
        if demo && demoFeed { Demos.add(to: server) }
        return (server, announcement)
    }
}
