import NIOSSL
import Synchronization

/// Keeps the TLS contexts of the last few configurations: loading the system's trust roots takes milliseconds and
/// megabytes, and a program that opens a thousand connections uses one configuration for all.
final class TLSContextCache: Sendable {
    private struct Entry: Sendable {
        let configuration: TLSConfiguration
        let context: NIOSSLContext
    }

    static let shared = TLSContextCache()

    /// The last used one at the end.
    private let entries = Mutex<[Entry]>([])
    private static let limit = 8

    /// The context for a configuration. Reads files, so not for an event loop.
    func context(for configuration: TLSConfiguration) throws(WebSocketClientError) -> NIOSSLContext {
        if let context = find(configuration) { return context }
        do {
            let context = try NIOSSLContext(configuration: configuration)
            entries.withLock { entries in
                entries.append(Entry(configuration: configuration, context: context))
                entries.removeFirst(max(0, entries.count - Self.limit))
            }
            return context
        } catch {
            throw WebSocketClientError(.invalidConfiguration, "the TLS configuration cannot be used", cause: error)
        }
    }

    private func find(_ configuration: TLSConfiguration) -> NIOSSLContext? {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.configuration.bestEffortEquals(configuration) }) else {
                return nil
            }
            let entry = entries.remove(at: index)
            entries.append(entry)
            return entry.context
        }
    }
}
