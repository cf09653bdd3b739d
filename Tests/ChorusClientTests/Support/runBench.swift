import ChorusCommand
import ChorusTesting
import Testing

/// Measures a server with 20 connections and 500 messages, unless it is told otherwise.
func runBench(
    _ server: ScriptedServer,
    _ change: (inout BenchOptions) -> Void = { _ in },
    isInterrupted: @escaping @Sendable () -> Bool = { false }
) async throws -> BenchReport {
    var options = BenchOptions()
    options.url = server.url("/ws/bench")
    options.connections = 20
    options.messages = 500
    options.quietLimit = 10
    change(&options)
    return try await withTimeout(30) { [options] in
        try await BenchRun(options, isInterrupted: isInterrupted).run()
    }
}

extension BenchReport: CustomTestStringConvertible {
    /// What the bench would print; the histogram would fill pages.
    public var testDescription: String { json }
}
