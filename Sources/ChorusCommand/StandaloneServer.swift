import Chorus
import ChorusCore
import ChorusDemo
import ChorusTokens
import Hummingbird
import Logging
import UnixSignals

/// The server of `chorus serve`, made from its settings.
struct StandaloneServer: Sendable {
    let logger: Logger
    private let server: BroadcastServer
    private let api: HTTPAPI?
    private let announcement: Announcement
    private let level: LiveLogLevel
    private let demos: [Namespace]
    /// `nil` where there are no keys for tokens: that stays so.
    private let tokens: LiveTokens?

    /// Throws ``ChorusError/Code/invalidConfiguration`` when a file of keys cannot be read or used.
    ///
    /// - Parameter settings: have been checked.
    init(_ settings: Settings) async throws(ChorusError) {
        demos = settings.demo.isOn ? Demos.namespaces : []
        let topics = settings.hubConfiguration(demos)
        let hub = Hub(configuration: topics, broker: MemoryBroker(memoryLimit: settings.memory.history))
        let keys = try settings.api.keys()
        announcement = Announcement(
            isSecure: settings.listen.certificate != nil,
            echoes: settings.echo,
            hasDemos: settings.demo.isOn,
            hasDemoFeed: settings.demo.isOn && settings.demo.feed,
            centrifuge: settings.centrifuge.isOn ? settings.centrifuge.path + "/websocket" : nil,
            api: settings.api.isOn ? settings.apiUsers(keys) : nil
        )
        let router = Router(context: BasicRequestContext.self)
        FrontPage(hub: hub, announcement: announcement).addRoutes(to: router)
        DemoPages.addRoutes(to: router, pages: settings.demo.isOn)
        let level = LiveLogLevel(settings.logLevel)
        logger = Logger(label: "chorus", factory: { LiveLogHandler(label: $0, level: level) })
        self.level = level
        let revocations = settings.tokens.isOn ? Revocations() : nil
        api =
            settings.api.isOn
            ? HTTPAPI(
                hub: hub,
                access: settings.apiAccess(keys),
                limits: settings.apiLimits,
                errorMode: settings.api.errorMode,
                revocations: revocations,
                logger: logger
            ) : nil
        api?.addRoutes(to: router)
        server = BroadcastServer(
            configuration: settings.serverConfiguration,
            hub: hub,
            router: router,
            logger: logger
        )
        var verifier: (any TokenVerifier)?
        if let configuration = try settings.tokens.configuration(), let revocations {
            let tokens = LiveTokens(try await JWTVerifier(configuration, logger: logger))
            let checked = tokens.checking(revocations)
            verifier = checked
            server.authenticate(
                with: checked,
                cookie: settings.tokens.cookie,
                allowsAnonymous: settings.tokens.allowsAnonymous,
                grace: settings.centrifuge.expiryDelay
            )
            self.tokens = tokens
            if configuration.hasShortSecret {
                logger.warning("tokens.hmac_secret has fewer than 32 bytes: a longer one cannot be guessed")
            }
        } else {
            tokens = nil
            // who wants tokens and has no key for them lets nobody in, and not everybody
            if !settings.tokens.allowsAnonymous { server.authenticate(with: KeylessTokens()) }
        }
        server.relayTopics()
        if settings.centrifuge.isOn {
            server.centrifuge(at: settings.centrifuge.path + "/websocket", settings.centrifugeOptions(verifier))
        }
        if settings.echo { server.echo() }
        if settings.demo.isOn && settings.demo.feed { Demos.add(to: server) }
    }

    /// Serves until it is told to stop.
    ///
    /// - Parameter reloader: goes on as long.
    func run(_ reloader: Reloader) async throws {
        // before anybody can know that the server runs: without it the signal ends the process
        let signals = await UnixSignalsSequence(trapping: .sighup)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                announcement.print(await server.addresses, publishing: server.hub.configuration.publishing)
            }
            group.addTask {
                var reloader = reloader
                await reloader.run(on: signals)
            }
            try await server.run()
            group.cancelAll()
        }
    }

    /// Takes over what may change while the server runs, all of it or nothing.
    ///
    /// - Parameter settings: have been checked; what cannot change is as it was.
    func reconfigure(_ settings: Settings) async throws(ChorusError) {
        // what can fail comes before what cannot
        let keys = try settings.api.keys()
        let verifier: JWTVerifier? =
            if tokens != nil, let configuration = try settings.tokens.configuration() {
                try await JWTVerifier(configuration, logger: logger)
            } else { nil }
        let topics = settings.hubConfiguration(demos)
        try topics.validate()
        try server.reconfigure(settings.serverConfiguration)
        try server.hub.reconfigure(defaults: topics.defaults, namespaces: topics.namespaces)
        if let verifier { tokens?.set(verifier) }
        api?.setAccess(settings.apiAccess(keys))
        level.value = settings.logLevel
    }
}

extension Settings {
    fileprivate func apiAccess(_ keys: [String]) -> HTTPAPI.Access { keys.isEmpty && isLocal ? .local : .keys(keys) }

    /// For whom the HTTP API is, in words.
    fileprivate func apiUsers(_ keys: [String]) -> String {
        if !keys.isEmpty { return "for those who have a key" }
        return isLocal ? "for programs of this machine" : "for nobody: see --api-key-file"
    }
}
