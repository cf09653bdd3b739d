public import ChorusCore

/// What a program may decide, and be told. Questions are asked in a task of their own; while one is open, nothing else
/// is read from its client, and nobody else notices. One that is not answered within ``Limits/hookTime`` is a refusal,
/// and its task is cancelled.
///
/// Questions about topics are asked, and ``Namespace/publishers`` and ``Namespace/subscribers`` hold, where clients
/// choose topics: at `/ws` and `/ws/{topic}` of the stand-alone server, and at ``relay(at:)``. What the program does
/// itself, as in the handler of ``webSocket(_:format:_:)`` (``Topic/join(_:from:as:info:)``, `hub.publish`), asks
/// nobody.
extension BroadcastServer {
    /// Says who a client is, by what its request has: a user's name of at most 255 bytes, or `nil` if it has none.
    /// Throw a ``Refusal`` to refuse it.
    public typealias AuthenticateHook = @Sendable (ConnectRequest) async throws -> String?
    /// Decides on a request before it is answered. Throw a ``Refusal`` to refuse it.
    public typealias ConnectHook = @Sendable (ConnectRequest) async throws -> Void
    /// Decides whether a client may subscribe, and what presence says of it there. Throw a ``Refusal`` to refuse it.
    public typealias SubscribeHook = @Sendable (SubscribeRequest) async throws -> SubscribeReply
    /// Decides what is published: the message as it came, or another one. Throw a ``Refusal`` to refuse it.
    public typealias PublishHook = @Sendable (PublishRequest) async throws -> Message
    /// Told of the end of every session, once.
    public typealias DisconnectHook = @Sendable (SessionID, CloseReason) async -> Void

    /// Asked first, at any path: who the client is. What it throws refuses the client: a ``Refusal`` with its status
    /// and words, anything else with 500. A second hook replaces the first, and so does
    /// ``authenticate(with:cookie:allowsAnonymous:grace:)``.
    ///
    /// The name is the user of ``Client/user``, of ``Access/authenticated``, of presence and of `hub.send(_:toUser:)`.
    public func authenticate(_ hook: @escaping AuthenticateHook) { setHook { $0.authentication = .hook(hook) } }

    /// Asked before a WebSocket is opened, at any path. What it throws refuses the client: a ``Refusal`` with its
    /// status and words, anything else with 500. A second hook replaces the first.
    public func onConnect(_ hook: @escaping ConnectHook) { setHook { $0.onConnect = hook } }

    /// Asked before a client subscribes to a topic that it has chosen. What it throws refuses the client, as in
    /// ``onConnect(_:)``. A second hook replaces the first.
    public func onSubscribe(_ hook: @escaping SubscribeHook) { setHook { $0.onSubscribe = hook } }

    /// Asked before what a client has sent to a topic that it has chosen is published. What it throws refuses the
    /// message: the client is told by a notice (`?format=json`), or closed with 1008 where it has no envelope. Costs a
    /// task per message. A second hook replaces the first.
    public func onPublish(_ hook: @escaping PublishHook) { setHook { $0.onPublish = hook } }

    /// Told of the end of every session, once, in a task of its own, which is cancelled after ``Limits/hookTime``. A
    /// second hook replaces the first.
    public func onDisconnect(_ hook: @escaping DisconnectHook) { setHook { $0.onDisconnect = hook } }
}
