package import NIOCore

/// Decides when to ask a silent server whether it is there, and when to give it up.
///
/// Whatever arrives is a sign of life, so that a connection on which messages flow costs no pings.
package struct SilenceWatch {
    /// What to do now.
    package enum Verdict: Equatable {
        case wait(until: NIODeadline)
        /// Send a ping, and look again at that time.
        case ping(until: NIODeadline)
        case giveUp
    }

    private let interval: TimeAmount
    private let timeout: TimeAmount
    private var lastHeard: NIODeadline
    private var isAwaitingAnswer = false

    package init(_ configuration: WebSocketClientConfiguration.KeepAlive, now: NIODeadline) {
        interval = TimeAmount(configuration.interval)
        timeout = TimeAmount(configuration.timeout)
        lastHeard = now
    }

    /// Something arrived; or it could not, because the consumer is behind and nothing is read.
    package mutating func hear(at now: NIODeadline) {
        lastHeard = now
        isAwaitingAnswer = false
    }

    /// To be asked at the start, and whenever the time has come that the last verdict named.
    package mutating func look(at now: NIODeadline) -> Verdict {
        guard !isAwaitingAnswer else { return .giveUp }
        guard now >= lastHeard + interval else { return .wait(until: lastHeard + interval) }
        isAwaitingAnswer = true
        return .ping(until: now + timeout)
    }
}
