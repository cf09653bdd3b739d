import Chorus
import ChorusCore
import ChorusTesting
import ClientSupport

extension TestServer {
    /// Opens a connection without a command.
    func centrifuge(query: String = "") async throws -> CentrifugeClient {
        CentrifugeClient(try await client("/connection/websocket" + query))
    }

    /// Opens one and connects.
    ///
    /// - Parameter fields: of the connect command, such as `"token":"x"`.
    func connected(_ fields: String = "") async throws -> CentrifugeClient {
        let client = try await centrifuge()
        try await client.result("\"connect\":{\(fields)}")
        return client
    }
}

/// Runs a server whose clients speak the Centrifuge protocol.
func serveCentrifuge(
    _ namespaces: Namespace...,
    options: BroadcastServer.CentrifugeOptions = .init(),
    allowsUnknownNamespaces: Bool = true,
    userSeparator: Character? = nil,
    privatePrefix: String? = nil,
    configure: (inout BroadcastServer.Configuration) -> Void = { _ in },
    routes: (BroadcastServer) -> Void = { _ in },
    _ body: @escaping @Sendable (TestServer) async throws -> Void
) async throws {
    let hub = Hub(
        configuration: .init(
            namespaces: namespaces,
            allowsUnknownNamespaces: allowsUnknownNamespaces,
            userSeparator: userSeparator,
            privatePrefix: privatePrefix
        )
    )
    try await serve(
        hub: hub,
        configure: configure,
        routes: { server in
            server.relayTopics()
            server.centrifuge(at: "/connection/websocket", options)
            routes(server)
        },
        body
    )
}

/// Stands in for tokens, so that tests decide what they say: `user`, `user;expires=SECONDS`, `user;topic=NAME`, and
/// `expired` and `invalid`.
struct SpokenTokens: TokenVerifier {
    func connection(_ token: String) async throws(TokenRefusal) -> ConnectionToken {
        let (user, fields) = try read(token)
        return ConnectionToken(
            user: user,
            expiresAt: fields["expires"].flatMap { Int64($0) },
            info: fields["info"].map { .init(string: $0) },
            subscriptions: fields["topic"].map { [ServerSubscription(topic: $0, overrides: overrides(fields))] } ?? []
        )
    }

    func subscription(_ token: String) async throws(TokenRefusal) -> SubscriptionToken {
        let (user, fields) = try read(token)
        return SubscriptionToken(
            user: user,
            topic: fields["topic"] ?? "",
            client: fields["client"],
            expiresAt: fields["expires"].flatMap { Int64($0) },
            info: fields["info"].map { .init(string: $0) },
            data: fields["data"].map { .init(string: $0) },
            overrides: overrides(fields)
        )
    }

    private func overrides(_ fields: [Substring: String]) -> SubscriptionOverrides {
        func flag(_ name: Substring) -> Bool? { fields[name].map { $0 == "on" } }
        return SubscriptionOverrides(
            presence: flag("presence"),
            joinLeave: flag("join_leave"),
            forceRecovery: flag("recovery"),
            forcePositioning: flag("positioning"),
            forcePushJoinLeave: flag("push")
        )
    }

    private func read(_ token: String) throws(TokenRefusal) -> (String, [Substring: String]) {
        if token.hasPrefix("expired") { throw TokenRefusal(.expired, "it has expired") }
        if token.hasPrefix("invalid") { throw TokenRefusal(.signature, "it is not ours") }
        let parts = token.split(separator: ";")
        let pairs = parts.dropFirst().compactMap { part -> (Substring, String)? in
            guard let equals = part.firstIndex(of: "=") else { return nil }
            return (part[..<equals], String(part[part.index(after: equals)...]))
        }
        return (String(parts.first ?? ""), Dictionary(pairs) { $1 })
    }
}
