import ChorusCore
import NIOCore
import WebSocketWire

extension ConnectionHandler: Timed {
    /// What the connection's one deadline is for.
    enum Deadline {
        /// A whole request must have come.
        case handshake
        /// The client must have said who it is, where its protocol wants that.
        case greeting
        /// Time to ping.
        case ping
        /// Something must have come since the ping.
        case pong
        /// The server is stopping: time to tell this client.
        case drain
        /// The client must have closed.
        case close
        /// What the client had sent before it hung up must have been taken.
        case linger
    }

    func setDeadline(_ deadline: Deadline, after delay: TimeAmount) {
        self.deadline = deadline
        loop.shard.wheel.set(self, after: delay)
    }

    func startKeepAlive() {
        guard loop.drainDeadline == nil else { return drain(after: .zero) }
        guard let keepAlive = receiver?.keepAlive(of: self) else { return loop.shard.wheel.cancel(self) }
        setDeadline(.ping, after: keepAlive.interval)
    }

    func deadlineReached(now: NIODeadline) {
        switch deadline {
        case .handshake:
            // it may have come, and a busy server not have looked at it, or not even read it
            openDoor()
            guard case .opening(let opening) = phase else { return }
            guard opening.isOverdue else {
                opening.isOverdue = true
                return setDeadline(.handshake, after: .zero)
            }
            refuse(HandshakeRefusal(status: 408, reason: "The request did not come in time."))
        case .greeting: end(.late)
        case .ping:
            guard let keepAlive = receiver?.keepAlive(of: self) else { return }
            isHeard = false
            // a reply, so that it ends nobody who is being held back for unread ones
            if !pauses.contains(.outbox) { ping() }
            setDeadline(.pong, after: keepAlive.timeout)
        case .pong:
            guard let keepAlive = receiver?.keepAlive(of: self) else { return }
            // while reading is paused, silence is our own doing; the kernel tells of a client that takes nothing then
            if isHeard || !pauses.isEmpty {
                setDeadline(.ping, after: keepAlive.period - keepAlive.timeout)
            } else {
                loop.counters.silent += 1
                end(.silent)
            }
        case .drain: drainNow(now)
        case .close, .linger: closeNow()
        }
    }

    private func ping() {
        if let receiver { sendBytes(receiver.ping(self), isReply: true) }
    }

    // MARK: The server stops

    /// How often a client that has not received everything is looked at again.
    private static let drainStep = TimeAmount.milliseconds(50)

    /// Tells the client after a while that the server goes away.
    func drain(after delay: TimeAmount) {
        switch phase {
        case .opening, .deciding:
            refuse(HandshakeRefusal(status: 503, reason: "The server is stopping."))
        case .http:
            context?.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        // it ends by itself, when what it had sent has been taken
        case .open where isLingering: break
        case .open: setDeadline(.drain, after: delay)
        case .closing, .closed: break
        }
    }

    private func drainNow(_ now: NIODeadline) {
        let isLate = loop.drainDeadline.map { now >= $0 } ?? true
        if (question == nil && session?.hasEverything ?? true) || isLate {
            end(.stopping)
        } else {
            setDeadline(.drain, after: ConnectionHandler.drainStep)
        }
    }
}
