import ChorusCore
import WebSocketWire

/// Calls the program's synchronous closure on the connection's event loop: no task, no hop.
final class CallbackReceiver: Receiver {
    typealias Callback = @Sendable (Client, Message) -> Void

    let format: MessageFormat
    private let request: ConnectRequest
    private let callback: Callback
    private var client: Client?

    init(request: ConnectRequest, format: MessageFormat, callback: @escaping Callback) {
        self.request = request
        self.format = format
        self.callback = callback
    }

    func opened(_ connection: ConnectionHandler, _ admission: Admission) {
        guard let session = connection.session else { return }
        session.subscribe(to: connection.loop.core.hub.everyoneTopic)
        client = Client(connection, request: request, session)
    }

    func received(_ message: Message, on connection: ConnectionHandler) -> Pace {
        guard let client else { return .go }
        callback(client, message)
        return pace(of: connection)
    }

    func pace(of connection: ConnectionHandler) -> Pace { client?.pace ?? .go }

    func hungUp(_ connection: ConnectionHandler, _ reason: CloseReason) { client?.hungUp(reason) }

    func closed(_ connection: ConnectionHandler, _ reason: CloseReason) {
        client?.end(reason)
    }
}
