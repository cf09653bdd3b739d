import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import Synchronization
import WebSocketWire

/// A client of the Centrifuge protocol in JSON, which sees every reply and push as it is.
final class CentrifugeClient: Sendable {
    let socket: TestClient
    private let state = Mutex((id: 0, inbox: [JSON]()))

    init(_ socket: TestClient) { self.socket = socket }

    /// Sends a command without its number, such as `"subscribe":{"channel":"room"}`, and returns the whole reply. What
    /// comes before stays to be received.
    @discardableResult
    func ask(_ command: String) async throws -> JSON {
        let id = state.withLock { state in
            state.id += 1
            return state.id
        }
        try await socket.send(#"{"id":\#(id),\#(command)}"#)
        return try await reply(id)
    }

    /// The reply to a command.
    func reply(_ id: Int) async throws -> JSON {
        try await first { $0["id"]?.int == id }
    }

    /// The result of a command. Throws when that was an error.
    @discardableResult
    func result(_ command: String) async throws -> JSON {
        let reply = try await ask(command)
        guard let result = reply.fields.first(where: { $0.key != "id" && $0.key != "error" }) else {
            throw TestFailure("expected a result, got \(reply)")
        }
        return result.value
    }

    /// The code of the error that a command is answered with.
    func error(_ command: String) async throws -> Int {
        let reply = try await ask(command)
        guard let code = reply["error"]?["code"]?.int else { throw TestFailure("expected an error, got \(reply)") }
        return code
    }

    /// The next push.
    func push() async throws -> JSON {
        let push = try await first { $0["push"] != nil }
        return push["push"] ?? .null
    }

    /// The next publication's push; other pushes are passed over.
    func publication() async throws -> JSON {
        while true {
            let push = try await push()
            if push["pub"] != nil { return push }
        }
    }

    /// The connection has to end with this code.
    func expectClose(_ code: UInt16) async throws {
        try await socket.expectClose(WebSocketCloseCode(rawValue: code))
    }

    /// Nothing may have come that was not taken.
    func expectNothing() async throws {
        let rest = state.withLock { $0.inbox }
        guard rest.isEmpty else { throw TestFailure("expected nothing, got \(rest)") }
        try await socket.expectNothing()
    }

    private func first(where matches: (JSON) -> Bool) async throws -> JSON {
        while true {
            let found: JSON? = state.withLock { state in
                guard let index = state.inbox.firstIndex(where: matches) else { return nil }
                return state.inbox.remove(at: index)
            }
            if let found { return found }
            let message = try await socket.next()
            guard let text = message.text else { throw TestFailure("expected JSON, got a binary message") }
            let replies = try text.split(separator: "\n").map { try JSON(parsing: String($0)) }
            state.withLock { $0.inbox += replies }
        }
    }
}

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
