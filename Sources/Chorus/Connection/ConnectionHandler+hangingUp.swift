import ChorusCore
import NIOCore

/// A client that hangs up while it is not being read from. What it had sent comes in all at once then, whatever the
/// pauses, because NIO reads an input that has ended to its end. It is taken at the pace at which it would have been
/// read, and the connection lingers until that is done: nobody could tell the client that its last words are lost.
extension ConnectionHandler {
    /// Whether the client has gone and what it had sent is still being taken.
    var isLingering: Bool { lingeringBytes > 0 }

    /// The client has sent its last byte, or its connection is gone.
    func hungUp() {
        guard case .open = phase else { return finish() }
        guard !isLingering else { return }
        let size = (stash?.readableBytes ?? 0) + (question?.size ?? 0)
        guard let receiver, receiver.wantsLastWords, !pauses.isEmpty, size > 0 else { return finish() }
        guard loop.core.hub.reserve(size) else {
            abandonStash()
            return finish()
        }
        lingeringBytes = size
        loop.counters.lingering += 1
        releaseAddress()
        session?.close()
        setDeadline(.linger, after: loop.configuration.limits.lingerTime)
        let reason = closeReason ?? CloseReason(.network, .abnormal)
        closeReason = reason
        receiver.hungUp(self, reason)
        resume(.outbox)
    }

    /// Gives back what was reserved for the last words.
    func stopLingering() {
        guard isLingering else { return }
        loop.core.hub.giveBack(lingeringBytes)
        lingeringBytes = 0
        loop.counters.lingering -= 1
    }

    /// A write has failed: nothing more is sent. NIO will say that the connection is gone, with what had come in.
    func outputBroke() {
        guard case .open = phase, !isLingering else { return }
        session?.close()
        setDeadline(.close, after: loop.configuration.limits.closeTime)
    }

    /// What the client had sent is given up without having been looked at.
    func abandonStash() {
        guard stash != nil else { return }
        stash = nil
        loop.counters.abandoned += 1
    }

    /// Ends the session, whatever time the connection takes to close, and closes the connection.
    func finish() {
        switch phase {
        case .open, .deciding: phase = .closing
        default: break
        }
        stash = nil
        endSession()
        context?.close(promise: nil)
        if !(context?.channel.isActive ?? false) { connectionEnded() }
    }
}
