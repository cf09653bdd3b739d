import ChorusCore
import Logging
import NIOCore
import WebSocketWire

/// Runs the program's async closure for one connection, in one task.
final class HandlerReceiver: Receiver {
    typealias Handler = @Sendable (Client) async throws -> Void

    let format: MessageFormat
    private let request: ConnectRequest
    private let handler: Handler
    private var client: Client?
    private var task: Task<Void, Never>?
    var wheelSlot: Int32 = -1
    var wheelIndex: Int32 = -1

    /// What a client can bring about by a name that it chose, or by what it sent, and how it is told.
    private static let clientCodes: [ChorusError.Code: WebSocketCloseCode] = [
        .invalidTopic: .policyViolation, .messageTooLarge: .messageTooBig, .overloaded: .tryAgainLater,
    ]

    /// After the end of its connection a handler has this long to return; then its task is cancelled.
    private static let grace = TimeAmount.seconds(10)

    init(request: ConnectRequest, format: MessageFormat, handler: @escaping Handler) {
        self.request = request
        self.format = format
        self.handler = handler
    }

    func opened(_ connection: ConnectionHandler, _ admission: Admission) {
        guard let session = connection.session else { return }
        session.subscribe(to: connection.loop.core.hub.everyoneTopic)
        let client = Client(connection, request: request, session)
        self.client = client
        let logger = connection.loop.core.logger
        task = connection.loop.core.handlers.start { [handler] in
            do {
                try await handler(client)
                client.close()
            } catch is CancellationError {
                client.close(.goingAway)
            } catch let error as ChorusError where HandlerReceiver.clientCodes[error.code] != nil {
                client.close(HandlerReceiver.clientCodes[error.code] ?? .internalError, reason: error.message)
            } catch {
                logger.error(
                    "a WebSocket handler threw an error",
                    metadata: ["chorus.error": "\(error)", "chorus.path": "\(client.request.path)"]
                )
                client.close(.internalError)
            }
        }
    }

    func received(_ message: Message, on connection: ConnectionHandler) -> Pace {
        let hasRoom = client?.inbox.put(message) ?? true
        if !hasRoom { connection.pause(.program) }
        return .go
    }

    func pace(of connection: ConnectionHandler) -> Pace { .go }

    func hungUp(_ connection: ConnectionHandler, _ reason: CloseReason) {
        client?.hungUp(reason)
        connection.loop.shard.wheel.set(self, after: HandlerReceiver.grace)
    }

    func closed(_ connection: ConnectionHandler, _ reason: CloseReason) {
        client?.end(reason)
        connection.loop.shard.wheel.set(self, after: HandlerReceiver.grace)
    }
}

extension HandlerReceiver: Timed {
    func deadlineReached(now: NIODeadline) {
        task?.cancel()
        client?.perform { if $0.isLingering { $0.closeNow() } }
    }
}
