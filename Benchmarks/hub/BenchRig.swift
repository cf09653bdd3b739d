import ChorusCore
import NIOCore
import Synchronization

/// A hub, one shard and many sessions of one topic, whose transports count bytes.
final class BenchRig {
    let hub = Hub(configuration: .init(defaults: Namespace(history: .last(1000))))
    let thread = BenchThread()
    let topic: TopicName
    private let shard: Shard
    private let transports: [any BenchTransport]
    private let count: Int
    private var sessions: [Session] = []

    /// - Parameter hasSockets: whether every session writes into a socket of its own; otherwise bytes are only counted.
    init(_ count: Int, hasSockets: Bool) throws {
        self.count = count
        transports = hasSockets ? (0..<count).map { _ in SocketTransport() } : [CountingTransport()]
        topic = try TopicName("topic")
        shard = hub.shard(of: ObjectIdentifier(thread), executor: thread).shard
    }

    func join(from point: StartingPoint) {
        for number in 0..<count {
            let session = shard.open(transports[number % transports.count], encoding: CountingTransport.encoding)
            session.subscribe(to: .named(topic), from: point)
            sessions.append(session)
        }
    }

    func leave() {
        for session in sessions { session.close() }
        sessions = []
        thread.run()
    }

    func publish(_ messages: Int, each body: () -> Void) async throws {
        let message = Message(.binary, ByteBuffer(repeating: 1, count: 128))
        for _ in 0..<messages {
            try await hub.publish(message, to: topic)
            body()
        }
    }

    /// CPU seconds until everything has been delivered, `body` included. Ends the program if something is missing.
    func measure(_ body: () async throws -> Void) async throws -> Double {
        let start = Process.processorTime
        try await body()
        thread.run()
        let time = Process.processorTime - start
        let bytes = transports.reduce(0) { $0 + $1.drain() }
        guard bytes == count * 100 * 128 else { fatalError("\(bytes) bytes were delivered to \(count)") }
        return time
    }
}

/// The shard's thread: the caller's, when it says so.
final class BenchThread: ShardExecutor {
    private let queue = Mutex<[@Sendable () -> Void]>([])

    func execute(_ work: @escaping @Sendable () -> Void) { queue.withLock { $0.append(work) } }
    func schedule(after delay: TimeAmount, _ work: @escaping @Sendable () -> Void) { execute(work) }
    var now: NIODeadline { .now() }
    var isCurrent: Bool { true }

    /// Runs until nothing is left.
    func run() {
        while true {
            let works = queue.withLock { queue in
                defer { queue = [] }
                return queue
            }
            if works.isEmpty { return }
            for work in works { work() }
        }
    }
}

/// A transport whose bytes can be counted when it is over, and that does nothing but take them.
protocol BenchTransport: Transport {
    /// How many bytes have come since the last time.
    func drain() -> Int
}

extension BenchTransport {
    func socketFailed() {}
    func writeLater(_ bytes: ByteBuffer) {}
    func resumeReading() {}
    func subscriptionBegan(_ topic: String, _ start: SubscriptionStart) {}
    func subscriptionEnded(_ topic: String) {}
    func end(_ reason: SessionEnd) {}
}

/// Takes everything at once, and counts it.
final class CountingTransport: BenchTransport {
    private var bytes = 0

    func drain() -> Int {
        defer { bytes = 0 }
        return bytes
    }

    static let encoding = Encoding("payloads") { PayloadEncoder() }

    func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, size: Int) -> Written {
        bytes += size
        return .taken(size)
    }

    private final class PayloadEncoder: MessageEncoder {
        func encode(_ message: Message, topic: String, into out: inout ByteBuffer) {
            out.writeImmutableBuffer(message.payload)
        }
    }
}
