import ChorusTesting
import Logging
import Synchronization

/// A log that a test reads.
final class RecordingLog: Sendable {
    struct Line: Sendable {
        let level: Logger.Level
        let text: String
    }

    private let recorded = Mutex<[Line]>([])
    private let news: AsyncStream<Void>
    private let newNews: AsyncStream<Void>.Continuation

    init() {
        (news, newNews) = AsyncStream.makeStream()
    }

    var lines: [Line] { recorded.withLock { $0 } }

    /// Waits until there are as many lines.
    func wait(for count: Int) async throws {
        try await withTimeout(10, "\(count) lines of the log") { [self] in
            for await _ in news where lines.count >= count { return }
        }
    }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private func record(_ line: Line) {
        recorded.withLock { $0.append(line) }
        newNews.yield()
    }

    private struct Handler: LogHandler {
        let log: RecordingLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            log.record(Line(level: event.level, text: "\(event.message) \(all)"))
        }
    }
}
