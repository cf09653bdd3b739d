package import ChorusCore
import DequeModule
import NIOCore
import Synchronization

/// Messages of one client on their way from its event loop to the task that handles it.
///
/// Bounded: beyond a few messages or some bytes the connection stops reading, so that a client that sends faster than
/// the program takes is slowed by its own socket.
package final class Inbox: Sendable {
    private struct State: Sendable {
        var messages: Deque<Message> = []
        var bytes = 0
        var isFinished = false
        var isFull = false
        var waiting: UnsafeContinuation<Void, Never>?
    }

    private static let maximumMessages = 16
    private static let maximumBytes = 64 << 10

    private let state = Mutex(State())

    package init() {}

    /// Adds a message. Returns whether there is room for more.
    package func put(_ message: Message) -> Bool {
        let (waiting, isFull) = state.withLock { state in
            state.messages.append(message)
            state.bytes += message.payload.readableBytes
            state.isFull = state.messages.count >= Inbox.maximumMessages || state.bytes >= Inbox.maximumBytes
            return (state.waiting.take(), state.isFull)
        }
        // not under the lock, which the task takes as soon as it runs
        waiting?.resume()
        return !isFull
    }

    /// Says that no more messages come.
    package func finish() {
        let waiting = state.withLock { state in
            state.isFinished = true
            return state.waiting.take()
        }
        waiting?.resume()
    }

    /// The next message, waiting for it; `nil` at the end or when the task is cancelled.
    ///
    /// - Parameter makeRoom: called when the connection may read again.
    package func next(makeRoom: () -> Void) async -> Message? {
        while true {
            let (message, isEnd, hasRoom) = state.withLock { state -> (Message?, Bool, Bool) in
                guard let message = state.messages.popFirst() else { return (nil, state.isFinished, false) }
                state.bytes -= message.payload.readableBytes
                let hasRoom = state.isFull && state.messages.count <= Inbox.maximumMessages / 2
                if hasRoom { state.isFull = false }
                return (message, false, hasRoom)
            }
            if hasRoom { makeRoom() }
            if message != nil || isEnd || Task.isCancelled { return message }
            await wait()
        }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let next = state.withLock { state -> UnsafeContinuation<Void, Never>? in
                    if !state.messages.isEmpty || state.isFinished || Task.isCancelled { return continuation }
                    // of several tasks that read the same client only the last one waits; the others look again
                    defer { state.waiting = continuation }
                    return state.waiting
                }
                next?.resume()
            }
        } onCancel: {
            state.withLock { $0.waiting.take() }?.resume()
        }
    }
}
