import Logging
import Synchronization

/// A log that remembers its lines.
final class Recorder: Sendable {
    struct Line: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: Logger.Metadata
    }

    private let stored = Mutex<[Line]>([])

    var lines: [Line] { stored.withLock { $0 } }

    /// What a server says above debug, but for the two lines of its life.
    var remarks: [String] {
        lines.filter { $0.level > .debug && !["listening", "stopping"].contains($0.message) }.map {
            "\($0.level): \($0.message) \($0.metadata)"
        }
    }

    /// A logger at level debug that writes here.
    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(recorder: self) }
        logger.logLevel = .debug
        return logger
    }

    private func add(_ line: Line) { stored.withLock { $0.append(line) } }

    private struct Handler: LogHandler {
        let recorder: Recorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            recorder.add(Line(level: event.level, message: "\(event.message)", metadata: all))
        }
    }
}
