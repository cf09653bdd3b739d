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
            // an empty name is none
            admission.user = try await authenticate(request).flatMap { $0.isEmpty ? nil : $0 }
            guard admission.user?.utf8.count ?? 0 <= Admission.longestUser else { throw UserTooLong() }
            request.user = admission.user
        }
        try await onConnect?(request)
        if let topic {
            try admission.check(topic.access)
            guard let onSubscribe else { return admission }
            admission.isInfoDecided = true
            admission.info = try await onSubscribe(SubscribeRequest(topic: topic.name, connection: request)).encoded()
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
    /// The program has been asked what that is: nothing that the client says counts.
    var isInfoDecided = false

    /// The longest name of a user, in bytes: all members of a topic are told of it.
    static let longestUser = 255

    /// Throws a refusal when the client may not do something.
    func check(_ access: Access) throws(HandshakeRefusal) {
        guard !access.includes(user) else { return }
        throw access == .authenticated
            ? HandshakeRefusal(status: 401, reason: "Only users may subscribe to this topic.")
            : HandshakeRefusal(status: 403, reason: "Clients may not subscribe to this topic.")
    }
}

/// The program has named a user by more than all others are to be told.
struct UserTooLong: Error, CustomStringConvertible {
    var description: String { "a user's name is at most \(Admission.longestUser) bytes long" }
}
