import WebSocketWire

/// What became of the connections of one event loop, counted in plain integers on its thread.
struct ConnectionCounters: Sendable {
    /// How a WebSocket ended. Codes that a client makes up are one, 0, so that it cannot invent metrics.
    struct Ending: Hashable, Sendable {
        let initiator: CloseReason.Initiator
        let code: UInt16

        init(_ reason: CloseReason) {
            initiator = reason.initiator
            let isKnown = reason.initiator != .client || (1000...1015).contains(reason.code.rawValue)
            code = isKnown ? reason.code.rawValue : 0
        }
    }

    /// Requests that were refused, by HTTP status; 0 stands for connections that were closed without an answer.
    private(set) var refused: [Int: UInt64] = [:]
    /// WebSockets that have ended.
    private(set) var closed: [Ending: UInt64] = [:]
    /// Clients that were given up because they were silent.
    var silent: UInt64 = 0
    /// Times that a client was not read from because readers of its topic were behind.
    var slowed: UInt64 = 0

    /// Times that connections could not be accepted.
    var notAccepted: UInt64 = 0
    /// Connections that linger now: the client has hung up, and what it had sent is still being taken.
    var lingering = 0
    /// Clients that hung up with something sent that was never looked at.
    var abandoned: UInt64 = 0

    /// Messages of clients that were not published, by the code of the refusal.
    private(set) var refusedMessages: [String: UInt64] = [:]
    /// Commands that were answered with an error, by its code.
    private(set) var refusedCommands: [UInt32: UInt64] = [:]
    /// Questions to the program that were not answered in time.
    var lateHooks: UInt64 = 0

    mutating func refuse(_ refusal: PublishRefusal) { refusedMessages[refusal.code, default: 0] += 1 }

    mutating func refuse(command code: UInt32) { refusedCommands[code, default: 0] += 1 }

    mutating func refuse(_ status: Int) { refused[status, default: 0] += 1 }

    mutating func close(_ reason: CloseReason) { closed[Ending(reason), default: 0] += 1 }
}
