import ChorusCore

/// Sends every message back to the client that sent it.
final class EchoReceiver: Receiver {
    static var endpoint: Endpoint {
        Endpoint(pattern: RoutePattern("/echo"), keepsRequest: false) { _ in EchoReceiver() }
    }

    var wantsLastWords: Bool { false }

    func opened(_ connection: ConnectionHandler, _ admission: Admission) {}

    func received(_ message: Message, on connection: ConnectionHandler) -> Pace {
        connection.send(message, isReply: true)
        return .go
    }

    func pace(of connection: ConnectionHandler) -> Pace { .go }

    func closed(_ connection: ConnectionHandler, _ reason: CloseReason) {}
}
