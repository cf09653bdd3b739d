import ChorusCore
import Logging
import NIOCore
import UnixSignals

/// Reads the configuration again while the server runs: on SIGHUP, and when the file has changed. What is wrong changes
/// nothing; what only a new server can have is named in the log, and the rest is taken.
struct Reloader {
    /// How often the file is looked at: seldom enough to cost nothing, often enough for a person who waits for it.
    private static let interval = Duration.seconds(5)

    private let path: String?
    private var sources: ConfigurationSources
    private var settings: Settings
    private let server: StandaloneServer
    /// The file could not be read when it was last looked at, which is said once, and whenever a signal asks.
    private var isMissing = false

    /// - Parameters:
    ///   - path: where the file is; `nil` if there is none.
    ///   - sources: what the server was started with.
    ///   - settings: what they say.
    init(path: String?, _ sources: ConfigurationSources, _ settings: Settings, _ server: StandaloneServer) {
        self.path = path
        self.sources = sources
        self.settings = settings
        self.server = server
    }

    private enum Occasion {
        case signal
        case tick
    }

    /// Reads it again whenever there is an occasion, until the task is cancelled.
    mutating func run(on signals: UnixSignalsSequence) async {
        let (occasions, continuation) = AsyncStream<Occasion>.makeStream()
        let hasFile = path != nil
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in signals { continuation.yield(.signal) }
            }
            group.addTask {
                // looks now and then: not all systems, network drives and mounted volumes tell of changes
                while hasFile, (try? await Task.sleep(for: Reloader.interval)) != nil { continuation.yield(.tick) }
            }
            for await occasion in occasions { await look(occasion) }
            group.cancelAll()
        }
    }

    private mutating func look(_ occasion: Occasion) async {
        do throws(ChorusError) {
            let file: ConfigurationFile? = if let path { try await ConfigurationFile.read(path) } else { nil }
            isMissing = false
            if case .tick = occasion, file?.isSame(as: sources.file) ?? true { return }
            sources.file = file
        } catch {
            if !isMissing || occasion == .signal { log(error) }
            isMissing = true
            return
        }
        do {
            try await apply(sources.resolve())
        } catch {
            log(error)
        }
    }

    /// Takes over what may change, all of it or nothing.
    private mutating func apply(_ resolved: ResolvedConfiguration) async throws {
        guard resolved.problems.isEmpty else { throw resolved }
        var next = resolved.settings
        // whether there are tokens at all is decided at the start, by which keys is not
        let tokensStay = settings.tokens.isOn == next.tokens.isOn
        let fixed = Settings.table.filter { setting in
            !setting.about.isLive || (!tokensStay && setting.about.key.hasPrefix("tokens."))
        }
        let waiting = fixed.filter { $0.get(next) != $0.get(settings) }.map(\.about.key)
        for setting in fixed { setting.copy(settings, &next) }
        try await server.reconfigure(next)
        settings = next
        server.logger.info("the configuration has been read again")
        guard !waiting.isEmpty else { return }
        server.logger.warning(
            "some settings change when the server is started again",
            metadata: ["chorus.settings": .array(waiting.map { "\($0)" })]
        )
    }

    private func log(_ error: any Error) {
        let reasons: [String] =
            switch error {
            case let error as ResolvedConfiguration: error.problems.map(\.description)
            case let error as ChorusError: [error.sentence]
            default: ["\(error)"]
            }
        server.logger.error(
            "the configuration in use stays",
            metadata: ["chorus.errors": .array(reasons.map { "\($0)" })]
        )
    }
}

extension ResolvedConfiguration: Error {}
