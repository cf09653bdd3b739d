import CentrifugeProtocol
import ChorusCore
import NIOCore
import WebSocketWire

extension CentrifugeReceiver {
    /// Replies of more than this do not wait for others.
    private static let largestJoined = 16 << 10

    func reply(_ id: UInt32, _ result: CommandResult, _ connection: ConnectionHandler) {
        say(.result(id: id, result), connection)
    }

    func reply(_ id: UInt32, _ error: CommandError, _ connection: ConnectionHandler) {
        connection.loop.counters.refuse(command: error.code)
        say(.error(id: id, error), connection)
    }

    func push(_ channel: String, _ content: PushContent, _ connection: ConnectionHandler) {
        say(.push(channel: channel, content), connection)
    }

    /// What is said while commands are worked on goes out together, otherwise at once.
    private func say(_ reply: Reply, _ connection: ConnectionHandler) {
        let writer = ReplyWriter(format: wire)
        writer.write(reply, into: &replies, isFirst: replies.readableBytes == 0)
        if !isWorking || replies.readableBytes > CentrifugeReceiver.largestJoined { flush(connection) }
    }

    func flush(_ connection: ConnectionHandler) {
        guard replies.readableBytes > 0 else { return }
        let payload = replies
        replies = ByteBuffer()
        connection.sendFrame(wire.opcode, payload, isReply: true)
    }

    /// Closes the connection; what was answered before goes out first.
    func close(_ close: CentrifugeClose, _ connection: ConnectionHandler) {
        flush(connection)
        commands = nil
        held = nil
        connection.close(WebSocketCloseCode(rawValue: close.code), close.reason)
    }
}

extension CommandError {
    /// What a hook has thrown, as the protocol has it: 401 is 101, 403 is 103, 404 is 102, 429 is 111; other statuses
    /// below 500 are codes of the program's own, and the rest is 100.
    init(_ error: any Error) {
        switch error {
        case let refusal as Refusal:
            switch refusal.status {
            case 401: self = CommandError(code: 101, message: refusal.reason)
            case 403: self = CommandError(code: 103, message: refusal.reason)
            case 404: self = CommandError(code: 102, message: refusal.reason)
            case 429: self = CommandError(code: 111, message: refusal.reason, isTemporary: true)
            case ..<500: self = CommandError(code: UInt32(refusal.status), message: refusal.reason)
            default: self = .internalServerError
            }
        case let error as CommandError: self = error
        case let error as ChorusError:
            switch error.code {
            case .noHistory, .noPresence: self = .notAvailable
            case .unrecoverablePosition: self = .unrecoverablePosition
            case .tooMany: self = .limitExceeded
            case .overloaded: self = .tooManyRequests
            case .messageTooLarge, .invalidTopic, .notEncodable: self = .badRequest
            default: self = .internalServerError
            }
        default: self = .internalServerError
        }
    }
}
