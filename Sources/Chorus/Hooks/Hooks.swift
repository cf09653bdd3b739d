import ChorusCore
import NIOCore
import WebSocketWire

/// What the program wants to be asked and told. Every question has a time limit (``BroadcastServer/Limits/hookTime``).
struct Hooks: Sendable {
    var authenticate: BroadcastServer.AuthenticateHook?
    var onConnect: BroadcastServer.ConnectHook?
    var onSubscribe: BroadcastServer.SubscribeHook?
    var onPublish: BroadcastServer.PublishHook?
    var onDisconnect: BroadcastServer.DisconnectHook?

    /// Whether somebody is asked before a WebSocket is opened.
    ///
    /// - Parameter subscribes: whether the client subscribes by connecting.
    func decide(subscribes: Bool) -> Bool {
        authenticate != nil || onConnect != nil || (subscribes && onSubscribe != nil)
    }

    /// Asks one after the other.
    ///
    /// - Parameters:
    ///   - topic: what the client subscribes to by connecting, and who may.
    func admit(
        _ request: ConnectRequest,
        to topic: (name: TopicName, access: Access)?
    ) async throws -> Admission {
        var request = request
        var admission = Admission()
        if let authenticate {
            admission.user = try await authenticate(request)
            request.user = admission.user
        }
        try await onConnect?(request)
        if let topic {
            try admission.check(topic.access)
            if let info = try await onSubscribe?(SubscribeRequest(topic: topic.name, connection: request)) {
                admission.info = try Message(json: info).payload
            }
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

    /// Throws a refusal when the client may not do something.
    func check(_ access: Access) throws(HandshakeRefusal) {
        guard !access.includes(user) else { return }
        throw access == .authenticated
            ? HandshakeRefusal(status: 401, reason: "Only users may subscribe to this topic.")
            : HandshakeRefusal(status: 403, reason: "Clients may not subscribe to this topic.")
    }
}
