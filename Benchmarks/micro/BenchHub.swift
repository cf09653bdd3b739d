import Chorus
import ChorusCore
import NIOCore

/// A hub with one shard, and clients whose sockets take everything at once: all that a shard does for them but the
/// system calls.
final class BenchHub {
    let hub: Hub
    let thread = SteppedThread()
    let shard: Shard
    let presence = MemoryPresence(clock: { .uptimeNanoseconds(1_000_000_000) })
    private let sockets = CountingSockets()
    private let client = SilentTransport()

    static let frames = Encoding("frames") { FrameEncoder(.plain, windowBits: nil) }

    /// - Parameter options: what all topics keep.
    init(_ options: Namespace = Namespace()) {
        hub = Hub(configuration: .init(defaults: options), presence: presence)
        shard = hub.shard(of: ObjectIdentifier(thread), executor: thread).shard
        shard.sockets = sockets
    }

    /// A client that follows nothing.
    func open() -> Session { shard.open(client, socket: Socket(handle: 3), encoding: BenchHub.frames) }

    /// Clients that follow these topics.
    func open(_ count: Int, following topics: [TopicName]) -> [Session] {
        (0..<count).map { _ in
            let session = open()
            for topic in topics { session.subscribe(to: .named(topic)) }
            return session
        }
    }

    /// Does something, lets the shard deliver, and ends the program if clients were not written `bytes`.
    func deliver(_ bytes: Int, _ body: () -> Void) {
        sockets.bytes = 0
        body()
        thread.run()
        precondition(sockets.bytes == bytes, "\(sockets.bytes) bytes were written, not \(bytes)")
    }
}

/// Sockets that take everything, and count it.
private final class CountingSockets: SocketWriting {
    var bytes = 0

    func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, to socket: Socket) -> Socket.Outcome {
        var size = 0
        for piece in pieces { size += piece.count }
        bytes += size
        return .taken(size)
    }
}

/// A transport that is never asked to write, since its client has a socket.
private final class SilentTransport: Transport {
    func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, size: Int) -> Written { .gone }
    func socketFailed() {}
    func writeLater(_ bytes: ByteBuffer) {}
    func resumeReading() {}
    func subscriptionBegan(_ topic: String, _ start: SubscriptionStart) {}
    func subscriptionEnded(_ topic: String) {}
    func end(_ reason: SessionEnd) {}
}
