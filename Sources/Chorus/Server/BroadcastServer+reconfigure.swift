public import ChorusCore
import Synchronization

extension BroadcastServer {
    /// Takes another configuration while the server runs: origins, limits, compression, trusted proxies and drain
    /// time. Connections that are open stay; the largest sizes of messages and heads hold for those that come later.
    ///
    /// Throws ``ChorusError/Code/invalidConfiguration`` when something is different that only a new server can have:
    /// addresses, TLS files, event loops, keep-alive. Nothing changes then.
    public func reconfigure(_ configuration: Configuration) throws(ChorusError) {
        try state.withLock { state throws(ChorusError) in
            let names = state.configuration.fixed(differingFrom: configuration)
            guard names.isEmpty else {
                throw ChorusError(
                    .invalidConfiguration,
                    "a running server keeps its \(names.joined(separator: ", "))"
                )
            }
            state.configuration = configuration
            state.core?.reconfigure(configuration)
        }
    }
}

extension BroadcastServer.Configuration {
    /// What cannot change while a server runs, and does.
    fileprivate func fixed(differingFrom other: Self) -> [String] {
        let differences: [(name: String, isThere: Bool)] = [
            ("host", host != other.host), ("port", port != other.port),
            ("Unix socket", unixSocketPath != other.unixSocketPath), ("TLS files", tls != other.tls),
            ("event loops", eventLoops != other.eventLoops), ("keep-alive", keepAlive != other.keepAlive),
        ]
        return differences.filter(\.isThere).map(\.name)
    }
}
