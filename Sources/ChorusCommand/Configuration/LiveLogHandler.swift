import Logging
import Synchronization

/// How much is logged, by all loggers with the same ``LiveLogHandler``; may change at any time.
final class LiveLogLevel: Sendable {
    private let level: Mutex<Logger.Level>

    init(_ level: Logger.Level) { self.level = Mutex(level) }

    var value: Logger.Level {
        get { level.withLock { $0 } }
        set { level.withLock { $0 = newValue } }
    }
}

/// Logs to standard error what the level of the moment lets through.
struct LiveLogHandler: LogHandler {
    private var base: StreamLogHandler
    private let level: LiveLogLevel
    /// What somebody has set for one logger alone.
    private var ownLevel: Logger.Level?

    init(label: String, level: LiveLogLevel) {
        base = StreamLogHandler.standardError(label: label)
        base.logLevel = .trace
        self.level = level
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? level.value }
        set { ownLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) { base.log(event: event) }
}
