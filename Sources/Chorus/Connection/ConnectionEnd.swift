import ChorusCore
import WebSocketWire

/// Why this side ends a connection by itself.
enum ConnectionEnd {
    /// The session broke a bound, or the program wants it.
    case session(SessionEnd)
    /// The server is stopping.
    case stopping
    /// The client has not answered a ping.
    case silent
    /// The client has not said in time who it is.
    case late

    /// What the program is told where the client is told nothing.
    var wordless: CloseReason? {
        switch self {
        case .session(.disconnected(let reason, _)): CloseReason(.server, .abnormal, reason)
        case .silent: CloseReason(.network, .abnormal, "silent")
        default: nil
        }
    }

    /// The close code and words of plain WebSockets (RFC 6455 section 7.4); `nil` for an end without words.
    var plainWords: (WebSocketCloseCode, String)? {
        switch self {
        case .session(.unrecoverable(let position)):
            (.unrecoverable, "what came after that position is not kept any more\(since(position))")
        case .session(.unavailable): (.tryAgainLater, "what this topic keeps cannot be read now")
        case .session(.disconnected(let reason, let code)):
            (code.map { WebSocketCloseCode(rawValue: $0) } ?? .disconnected, reason)
        case .session(.overflow(let position)):
            (.tryAgainLater, "too slow: more was published than may wait for one reader\(since(position))")
        case .session(.outboxOverflow):
            (.tryAgainLater, "too slow: too many messages for this client alone are waiting")
        case .stopping: (.goingAway, "the server is stopping")
        case .silent, .late: nil
        }
    }

    /// From where the client can go on, as it is put into `?since`.
    private func since(_ position: Position?) -> String { position.map { "; chorus.since=\($0)" } ?? "" }
}
