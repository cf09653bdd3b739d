import ChorusTesting
import NIOCore
import NIOPosix
import Synchronization
import WebSocketWire

/// The server's side of a connection, in the test's hands.
final class Peer: Sendable {
    /// What happened on the connection.
    enum Event: Sendable, Equatable {
        case received(WebSocketEvent)
        /// The client sent a FIN.
        case inputClosed
        case error
        case closed
    }

    let head: HTTPRequestHead
    let isCompressed: Bool
    let channel: any Channel
    private let events: AsyncStream<Event>
    private let newEvents: AsyncStream<Event>.Continuation
    /// Bytes whose writing was completed.
    private let writtenBytes = Atomic(0)

    init(head: HTTPRequestHead, isCompressed: Bool, channel: any Channel) {
        self.head = head
        self.isCompressed = isCompressed
        self.channel = channel
        (events, newEvents) = AsyncStream.makeStream()
    }

    func report(_ event: Event) { newEvents.yield(event) }

    var written: Int { writtenBytes.load(ordering: .relaxed) }

    /// The next thing that happened. For one task.
    func next() async throws -> Event {
        try await withTimeout(10, "an event at the server") { [events] in
            for await event in events { return event }
            throw TestFailure("there are no more events")
        }
    }

    func expect(_ event: Event) async throws {
        let next = try await next()
        guard next == event else { throw TestFailure("the server expected \(event), got \(next)") }
    }

    func expectText(_ text: String) async throws {
        try await expect(.received(.message(WebSocketMessage(kind: .text, payload: ByteBuffer(string: text)))))
    }

    /// Skips everything up to this event.
    func wait(for event: Event) async throws {
        while try await next() != event {}
    }

    /// Sends bytes as they are.
    @discardableResult
    func send(raw bytes: ByteBuffer) -> EventLoopFuture<Void> {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        channel.writeAndFlush(bytes, promise: promise)
        promise.futureResult.whenSuccess { [self] in writtenBytes.add(bytes.readableBytes, ordering: .relaxed) }
        return promise.futureResult
    }

    @discardableResult
    func send(
        _ opcode: WebSocketOpcode,
        _ payload: ByteBuffer = ByteBuffer(),
        fin: Bool = true,
        compressed: Bool = false
    ) -> EventLoopFuture<Void> {
        var frame = ByteBuffer()
        WebSocketFrame.write(opcode, payload, fin: fin, compressed: compressed, into: &frame)
        return send(raw: frame)
    }

    @discardableResult
    func send(_ text: String) -> EventLoopFuture<Void> {
        send(.text, ByteBuffer(string: text))
    }

    /// Sends a message, deflated if that was agreed on.
    @discardableResult
    func send(_ message: WebSocketMessage) -> EventLoopFuture<Void> {
        let opcode: WebSocketOpcode = message.kind == .text ? .text : .binary
        guard isCompressed else { return send(opcode, message.payload) }
        var deflated = ByteBuffer()
        Deflater().deflate(message.payload, into: &deflated)
        return send(opcode, deflated, compressed: true)
    }

    func close(_ code: WebSocketCloseCode?, _ reason: String = "") {
        var frame = ByteBuffer()
        WebSocketFrame.writeClose(code, reason: reason, into: &frame)
        send(raw: frame)
    }

    /// Closes TCP without a close frame.
    func hangUp() async throws {
        try await channel.close()
    }

    /// Sends a close frame with a FIN behind it, and goes on reading. Both in one step of the event loop: what the
    /// client answers to the frame may end the connection.
    func closeAndHalfClose(_ code: WebSocketCloseCode) async throws {
        try await channel.eventLoop.flatSubmit { [self] in
            close(code)
            return channel.close(mode: .output)
        }.get()
    }

    /// Sends a RST.
    func reset() async throws {
        try await channel.makeCloseAbortive()
        try await channel.close()
    }

    func stopReading() async throws {
        try await channel.setOption(.autoRead, value: false).get()
    }

    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }
}
