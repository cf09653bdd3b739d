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
        guard !pauses.isEmpty, let size = stash?.readableBytes, size > 0 else { return finish() }
        guard loop.core.hub.reserve(size) else {
            abandonStash()
            return finish()
        }
        lingeringBytes = size
        loop.counters.lingering += 1
        loop.shard.wheel.cancel(self)
        session?.close()
        let reason = closeReason ?? CloseReason(.network, .abnormal)
        closeReason = reason
        receiver?.hungUp(self, reason)
        resume(.outbox)
    }

    /// A write has failed: nothing more is sent. NIO will say that the connection is gone, with what had come in.
    func outputBroke() {
        guard case .open = phase, !isLingering else { return }
        session?.close()
        setDeadline(.close, after: loop.core.configuration.limits.closeTime)
    }

    /// What the client had sent is given up without having been looked at.
    func abandonStash() {
        guard stash != nil else { return }
        stash = nil
        loop.counters.abandoned += 1
    }

    /// Closes what is left of the connection.
    func finish() {
        context?.close(promise: nil)
        if !(context?.channel.isActive ?? false) { connectionEnded() }
    }
}
