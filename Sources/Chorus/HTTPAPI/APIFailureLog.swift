import Logging
import NIOCore
import Synchronization

/// Says in the log, once a minute, what clients of the HTTP API are not told: why it failed.
final class APIFailureLog: Sendable {
    private let logger: Logger
    private let line = Mutex(OncePerMinute())

    init(_ logger: Logger) { self.logger = logger }

    func log(_ error: APIError, _ method: APIMethod) {
        guard let cause = error.cause, line.withLock({ $0.allows(at: .now()) }) else { return }
        logger.error("the API failed", metadata: ["chorus.method": "\(method.name)", "chorus.error": "\(cause)"])
    }
}
