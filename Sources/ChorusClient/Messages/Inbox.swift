import NIOCore
import Synchronization
package import WebSocketWire

/// What was received and not yet consumed, and in the end why there is no more. The event loop fills it, a task
/// empties it.
///
/// It holds 256 KiB or 1,024 messages, and then one more of any size; after that the socket is not read until half
/// of it is gone.
package final class Inbox: Sendable {
    /// What a consumer took.
    package struct Taken: Sendable {
        package let message: WebSocketMessage
        /// Whether there is room again, and the socket has to be told.
        package let makesRoom: Bool
    }

    /// What a consumer gets without waiting.
    fileprivate enum Answer: Sendable {
        case now(Taken?)
        case later
    }

    fileprivate struct Waiter: Sendable {
        let id: UInt64
        let continuation: CheckedContinuation<Taken?, Never>
    }

    fileprivate struct State: Sendable {
        var messages: CircularBuffer<WebSocketMessage> = []
        var bytes = 0
        /// Whether the socket waits for room.
        var isFull = false
        var waiters: CircularBuffer<Waiter> = []
        var lastWaiter: UInt64 = 0
        var reason: CloseReason?
        var isClosed = false
    }

    package static let byteLimit = 256 << 10
    package static let countLimit = 1024

    private let state = Mutex(State())

    package init() {}

    /// Why there will be no more than what is there; nil as long as there may be.
    package var closeReason: CloseReason? { state.withLock { $0.reason } }

    /// The same, but nil until the socket is closed and the event loop may be gone.
    var finalReason: CloseReason? { state.withLock { $0.isClosed ? $0.reason : nil } }

    /// In bytes, what waits for the consumer.
    package var size: Int { state.withLock { $0.bytes } }

    /// Adds a message, or hands it to a task that waits. False when there is no room for another one.
    package func push(_ message: WebSocketMessage) -> Bool {
        let (waiter, hasRoom) = state.withLock { state -> (Waiter?, Bool) in
            guard state.reason == nil else { return (nil, true) }
            if let waiter = state.waiters.popFirst() { return (waiter, true) }
            state.messages.append(message)
            state.bytes += message.payload.readableBytes
            state.isFull = state.bytes >= Self.byteLimit || state.messages.count >= Self.countLimit
            return (nil, !state.isFull)
        }
        waiter?.continuation.resume(returning: Taken(message: message, makesRoom: false))
        return hasRoom
    }

    /// Nothing comes any more. What is there can still be taken. Only the first reason counts.
    package func finish(_ reason: CloseReason) {
        let waiters = state.withLock { state -> CircularBuffer<Waiter> in
            guard state.reason == nil else { return [] }
            state.reason = reason
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: nil) }
    }

    /// The socket is closed.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    /// The next message; waits for it. Nil at the end, and when the task is cancelled.
    package func next(isolation: isolated (any Actor)? = #isolation) async -> Taken? {
        guard !Task.isCancelled else { return nil }
        let answer = state.withLock { $0.answer() }
        if case .now(let taken) = answer { return taken }
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait(id, $0) }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: nil)
        }
    }

    /// The next message, if it is there.
    package func poll() -> Taken? {
        if case .now(let taken) = state.withLock({ $0.answer() }) { taken } else { nil }
    }

    private func wait(_ id: UInt64, _ continuation: CheckedContinuation<Taken?, Never>) {
        let answer = state.withLock { state -> Answer in
            // A cancellation comes either before this look at the task, or finds the waiter when the lock is free.
            let answer = Task.isCancelled ? .now(nil) : state.answer()
            if case .later = answer { state.waiters.append(Waiter(id: id, continuation: continuation)) }
            return answer
        }
        if case .now(let taken) = answer { continuation.resume(returning: taken) }
    }
}

extension Inbox.State {
    fileprivate mutating func answer() -> Inbox.Answer {
        guard let message = messages.popFirst() else { return reason == nil ? .later : .now(nil) }
        bytes -= message.payload.readableBytes
        let makesRoom = isFull && bytes <= Inbox.byteLimit / 2 && messages.count <= Inbox.countLimit / 2
        if makesRoom { isFull = false }
        return .now(Inbox.Taken(message: message, makesRoom: makesRoom))
    }
}
