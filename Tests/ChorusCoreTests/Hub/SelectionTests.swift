import ChorusCore
import NIOCore
import Testing

@Suite("Sessions that something is done to", .timeLimit(.minutes(1)))
struct SelectionTests {
    /// A client that comes back as soon as it is ended.
    private final class Returning: Transport {
        private let shard: Shard

        private init(_ shard: Shard) { self.shard = shard }

        static func open(on shard: Shard) {
            _ = shard.open(Returning(shard), encoding: WireFormat.plain.encoding)
        }

        func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, size: Int) -> Written { .taken(size) }
        func socketFailed() {}
        func writeLater(_ bytes: ByteBuffer) {}
        func resumeReading() {}
        func subscriptionBegan(_ topic: String, _ start: SubscriptionStart) {}
        func subscriptionEnded(_ topic: String) {}
        func end(_ reason: SessionEnd) { Returning.open(on: shard) }
    }

    @Test("who comes back at once is not meant again", arguments: [0, 1, 256, 600])
    func returning(_ count: Int) async {
        let hub = Hub()
        let executor = ThreadExecutor()
        let handle = hub.shard(of: ObjectIdentifier(executor), executor: executor)
        executor.on { for _ in 0..<count { Returning.open(on: handle.shard) } }
        #expect(await hub.disconnect(SessionSelection(user: nil)) == count)
        #expect(hub.sessionCount == count)
        executor.on { for session in handle.shard.openSessions { session.close() } }
    }
}
