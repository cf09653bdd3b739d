public import ChorusCore
import NIOCore
import Synchronization
public import WebSocketWire

/// One connected client, as the program sees it. It can be kept, and used from any task.
///
/// ```swift
/// server.webSocket("/ws") { client in
///     for await text in client.texts {
///         server.broadcast("Message: \(text)", except: client)
///     }
/// }
/// ```
public final class Client: Sendable, Identifiable {
    /// Identifies the client while the process lives.
    public let id: SessionID
    /// Who it is, as ``BroadcastServer/authenticate(_:)`` has found out; `nil` if nobody has said.
    public let user: String?
    /// The request that opened the connection: path, query, headers, address.
    public let request: ConnectRequest
    let hub: Hub
    let inbox = Inbox()
    private let connection: NIOLoopBound<ConnectionHandler>
    private let ended = Mutex(Ended())
    private let unsent = Atomic<Int>(0)
    /// A topic that it made the program publish to, at once, and whose readers are or were behind.
    let slowingTopic = Mutex<TopicName?>(nil)

    private struct Ended: Sendable {
        var reason: CloseReason?
        var waiting: [CheckedContinuation<CloseReason, Never>] = []
    }

    /// The most sends that may be on their way to the client's event loop.
    private static let maximumUnsent = 1024

    init(_ connection: ConnectionHandler, request: ConnectRequest, _ session: Session) {
        self.id = session.id
        self.user = session.user
        var request = request
        request.user = session.user
        self.request = request
        self.hub = connection.loop.core.hub
        self.connection = NIOLoopBound(connection, eventLoop: connection.loop.eventLoop)
    }

    /// What the placeholders of the endpoint's path stand for.
    public var parameters: ConnectRequest.Parameters { request.parameters }

    /// The query's pairs.
    public var query: ConnectRequest.Query { request.query }

    /// What the client sends, in order; ends when the connection does, however that comes about.
    public var messages: ClientMessages { ClientMessages(client: self) }

    /// The texts among what the client sends.
    public var texts: ClientTexts { ClientTexts(messages: messages) }

    /// Sends a message to this client alone. Returns at once; after the end of the connection nothing happens.
    ///
    /// A client that leaves more of them unread than the hub's configuration allows (128 or 64 KiB by default) is
    /// closed with code 1013, and so is one for which more than 1,024 sends have not reached its event loop.
    public func send(_ message: Message) {
        guard unsent.add(1, ordering: .relaxed).newValue <= Client.maximumUnsent else {
            unsent.subtract(1, ordering: .relaxed)
            return close(.tryAgainLater, reason: "too slow: too many messages are waiting")
        }
        perform { connection in
            self.unsent.subtract(1, ordering: .relaxed)
            connection.send(message)
        }
    }

    /// Sends text to this client alone.
    public func send(_ text: String) { send(Message(text)) }

    /// Closes the connection after what was sent so far. The reason is cut at 123 bytes (RFC 6455 section 5.5). A
    /// code that is not allowed on the wire (section 7.4) gives an empty close frame.
    public func close(_ code: WebSocketCloseCode = .normal, reason: String = "") {
        perform { $0.close(code, reason) }
    }

    /// Why the connection ended; `nil` while it is open.
    public var closeReason: CloseReason? { ended.withLock { $0.reason } }

    /// Waits for the end of the connection.
    public func waitForClose() async -> CloseReason {
        await withCheckedContinuation { continuation in
            let reason = ended.withLock { ended in
                if ended.reason == nil { ended.waiting.append(continuation) }
                return ended.reason
            }
            if let reason { continuation.resume(returning: reason) }
        }
    }

    /// The client has gone. What it had sent before may still come.
    func hungUp(_ reason: CloseReason) {
        let waiting = ended.withLock { ended in
            ended.reason = ended.reason ?? reason
            defer { ended.waiting = [] }
            return ended.waiting
        }
        for continuation in waiting { continuation.resume(returning: reason) }
    }

    /// The connection has ended, and nothing more comes.
    func end(_ reason: CloseReason) {
        hungUp(reason)
        inbox.finish()
    }

    /// Runs `body` on the connection's event loop; at once if called there.
    func perform(_ body: @escaping @Sendable (ConnectionHandler) -> Void) {
        let connection = connection
        if connection.eventLoop.inEventLoop {
            body(connection.value)
        } else {
            connection.eventLoop.execute { body(connection.value) }
        }
    }

    /// Runs `body` on the connection's event loop and waits for it.
    func performAndWait(_ body: @escaping @Sendable (ConnectionHandler) -> Void) async {
        await withUnsafeContinuation { continuation in
            perform {
                body($0)
                continuation.resume()
            }
        }
    }
}
