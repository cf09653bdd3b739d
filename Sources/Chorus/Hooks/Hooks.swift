import ChorusCore
import NIOCore
import WebSocketWire

/// What the program wants to be asked and told. Every question has a time limit (``BroadcastServer/Limits/hookTime``).
struct Hooks: Sendable {
    var authentication: Authentication?
    var onConnect: BroadcastServer.ConnectHook?
    var onSubscribe: BroadcastServer.SubscribeHook?
    var onPublish: BroadcastServer.PublishHook?
    var onDisconnect: BroadcastServer.DisconnectHook?
    /// What clients may call, by name.
    var procedures: [String: BroadcastServer.RPCHandler] = [:]
    var onSend: BroadcastServer.SendHandler?

    /// Who says who a client is.
    enum Authentication: Sendable {
        case hook(BroadcastServer.AuthenticateHook)
        case tokens(TokenAuthentication)
    }

    /// Whether somebody is asked before a WebSocket is opened.
    ///
    /// - Parameters:
    ///   - subscribes: whether the client subscribes by connecting.
    ///   - takesTokens: whether it is for the request to have a token.
    func decide(subscribes: Bool, takesTokens: Bool) -> Bool {
        let authenticates =
            switch authentication {
            case nil: false
            case .hook: true
            case .tokens: takesTokens
            }
        return authenticates || onConnect != nil || (subscribes && onSubscribe != nil)
    }

    /// Asks one after the other.
    ///
    /// - Parameters:
    ///   - topic: what the client subscribes to by connecting, and who may.
    ///   - takesTokens: whether it is for the request to have a token.
    func admit(
        _ request: ConnectRequest,
        to topic: (name: TopicName, access: Access)?,
        takesTokens: Bool,
        in hub: Hub
    ) async throws -> Admission {
        var request = request
        var admission = Admission()
        var isTopicGranted = false
        switch authentication {
        case .hook(let hook): admission.user = try await hook(request)
        case .tokens(let tokens) where takesTokens:
            if let token = try await tokens.token(of: request) {
                isTopicGranted = try admission.take(token, topic: topic?.name)
                admission.end = tokens.end(of: token)
            }
        case .tokens, nil: break
        }
        // an empty name is none
        if admission.user?.isEmpty ?? false { admission.user = nil }
        guard admission.user?.utf8.count ?? 0 <= Admission.longestUser else { throw UserTooLong() }
        request.user = admission.user
        try await onConnect?(request)
        if let topic {
            if !isTopicGranted { try admission.check(topic.access, topic.name, in: hub) }
            guard let onSubscribe else { return admission }
            let reply = try await onSubscribe(
                SubscribeRequest(topic: topic.name, data: nil, connection: request)
            )
            admission.isInfoDecided = true
            admission.info = try reply.encoded() ?? admission.info
        }
        return admission
    }
}

/// As whom a client is let in.
struct Admission: Sendable {
    /// Who it is; `nil` if nobody has said.
    var user: String?
    /// What presence is to say of it, as JSON.
    var info: ByteBuffer?
    /// What others learn of it in the topic that it subscribes to by connecting.
    var visibility = Visibility.told
    /// The program has been asked what `info` is: nothing that the client says counts.
    var isInfoDecided = false
    /// When the client has to be gone, in milliseconds since 1970; `nil` for never.
    var end: Int64?

    /// The longest name of a user, in bytes: all members of a topic are told of it.
    static let longestUser = 255

    /// Throws a refusal when the client may not do something.
    func check(_ access: Access, _ topic: TopicName, in hub: Hub) throws(HandshakeRefusal) {
        switch hub.audience(of: topic, user) {
        case .named: return
        case .others: throw HandshakeRefusal(status: 403, reason: "This topic is for other users.")
        case .open: break
        }
        guard !access.includes(user) else { return }
        throw access == .authenticated
            ? HandshakeRefusal(status: 401, reason: "Only users may subscribe to this topic.")
            : HandshakeRefusal(status: 403, reason: "Clients may not subscribe to this topic.")
    }

    /// Takes over what a token says. Returns whether it gives the topic, whoever else may subscribe there.
    mutating func take(_ token: ConnectionToken, topic: TopicName?) throws(HandshakeRefusal) -> Bool {
        guard token.user.utf8.count <= Admission.longestUser else {
            throw TokenAuthentication.refusal("the token's user has more than \(Admission.longestUser) bytes")
        }
        user = token.user
        let grant = token.subscriptions.first { $0.topic == topic?.description }
        info = grant?.info ?? token.info
        visibility = grant?.overrides.visibility ?? .told
        isInfoDecided = info != nil
        guard info?.readableBytes ?? 0 <= Member.longestInfo else {
            throw TokenAuthentication.refusal("the token's info has more than \(Member.longestInfo) bytes")
        }
        return grant != nil
    }
}

/// The program has named a user by more than all others are to be told.
struct UserTooLong: Error, CustomStringConvertible {
    var description: String { "a user's name is at most \(Admission.longestUser) bytes long" }
}
