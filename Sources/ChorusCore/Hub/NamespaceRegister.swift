import Synchronization

/// The namespaces of a hub, which can be replaced while it runs.
final class NamespaceRegister: Sendable {
    private struct State: Sendable {
        var configuration: Hub.Configuration
        var table: NamespaceTable
    }

    private let state: Mutex<State>

    init(_ configuration: Hub.Configuration, _ table: NamespaceTable) {
        state = Mutex(State(configuration: configuration, table: table))
    }

    var configuration: Hub.Configuration { state.withLock { $0.configuration } }

    var table: NamespaceTable { state.withLock { $0.table } }

    /// - Parameter make: the table for a configuration.
    func replace(_ change: (inout Hub.Configuration) -> Void, make: (Hub.Configuration) -> NamespaceTable) {
        state.withLock { state in
            change(&state.configuration)
            state.table = make(state.configuration)
        }
    }
}
