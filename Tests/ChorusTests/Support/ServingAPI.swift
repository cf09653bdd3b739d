import Chorus
import ChorusCore
import ChorusTesting
import ClientSupport
import Hummingbird
import MetricsTestKit

extension Hub {
    /// Topics for the HTTP API: those of `kept` have history and presence, of `newest` the newest message of every key,
    /// of `small` at most 10 bytes; all others have nothing.
    static func forAPI() -> Hub {
        Hub(
            configuration: .init(namespaces: [
                Namespace("kept", history: .last(100), presence: true),
                Namespace("newest", latest: Latest()),
                Namespace("small", messageSize: 10),
            ])
        )
    }
}

/// Runs a server with the relay's endpoints and the HTTP API, which is for this machine unless `access` says otherwise.
func serveAPI(
    hub: Hub = .forAPI(),
    access: HTTPAPI.Access = .local,
    limits: HTTPAPI.Limits = HTTPAPI.Limits(),
    errorMode: HTTPAPI.ErrorMode = .body,
    revocations: Revocations? = nil,
    metrics: TestMetrics = TestMetrics(),
    log: Recorder? = nil,
    procedures: [String: HTTPAPI.Procedure] = [:],
    configure: (inout BroadcastServer.Configuration) -> Void = { _ in },
    routes: (BroadcastServer) -> Void = { $0.relayTopics() },
    _ body: @escaping @Sendable (TestServer, APIClient) async throws -> Void
) async throws {
    let router = Router(context: BasicRequestContext.self)
    let api = HTTPAPI(
        hub: hub,
        access: access,
        limits: limits,
        errorMode: errorMode,
        revocations: revocations,
        logger: (log ?? Recorder()).logger,
        metrics: metrics
    )
    for (name, procedure) in procedures { api.onRPC(name, procedure) }
    api.addRoutes(to: router)
    try await serve(hub: hub, router: router, log: log, configure: configure, routes: routes) { test in
        try await body(test, try await test.api())
    }
}
