import Synchronization

/// The namespaces of a hub, which can be replaced while it runs. They are looked up for every message and every join,
/// on all threads: reading takes no lock.
final class NamespaceRegister: Sendable {
    private struct State: Sendable {
        var configuration: Hub.Configuration
        /// All that there have been: who reads may still be looking at one that was replaced.
        var tables: [NamespaceTable]
    }

    private let state: Mutex<State>
    private let current: Atomic<Unmanaged<NamespaceTable>>

    init(_ configuration: Hub.Configuration, _ table: NamespaceTable) {
        state = Mutex(State(configuration: configuration, tables: [table]))
        current = Atomic(Unmanaged.passUnretained(table))
    }

    var configuration: Hub.Configuration { state.withLock { $0.configuration } }

    var table: NamespaceTable { current.load(ordering: .acquiring).takeUnretainedValue() }

    /// - Parameter make: the table for a configuration.
    func replace(_ change: (inout Hub.Configuration) -> Void, make: (Hub.Configuration) -> NamespaceTable) {
        state.withLock { state in
            change(&state.configuration)
            let table = make(state.configuration)
            state.tables.append(table)
            current.store(Unmanaged.passUnretained(table), ordering: .releasing)
        }
    }
}
