import ChorusCore
import NIOCore
import Synchronization
import Testing

/// Publishers, shards and sessions on threads of their own.
@Suite("Real threads", .timeLimit(.minutes(1)))
struct ThreadTests {
    private static let publishers = 4
    private static let messagesEach = 2000
    private static let total = publishers * messagesEach

    /// Counts frames without keeping their bytes; its own thread's.
    private final class Client: Transport {
        let gate: Gate
        var session: Session?
        var received: [ByteBuffer] = []
        private var bytes = ByteBuffer()

        init(_ gate: Gate) { self.gate = gate }

        func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, size: Int) -> Written {
            for piece in pieces { bytes.writeBytes(piece) }
            let before = received.count
            while let frame = WireFormat.plain.readFrame(&bytes) { received.append(frame.payload) }
            bytes.discardReadBytes()
            gate.pass(received.count - before)
            return .taken(size)
        }

        func socketFailed() {}
        func writeLater(_ bytes: ByteBuffer) {}
        func resumeReading() {}
        func subscriptionBegan(_ topic: String, _ start: SubscriptionStart) {}
        func subscriptionEnded(_ topic: String) {}
        func end(_ reason: SessionEnd) { Issue.record("ended: \(reason)") }
    }

    /// Several clients on each of two threads, and what they received when `publish` has been called by four threads
    /// and everything has arrived.
    private func receive(
        _ hub: Hub,
        from topic: TopicReference,
        publish: @escaping @Sendable (_ text: String) async throws -> Void
    ) async throws -> [[String]] {
        let executors = [ThreadExecutor(), ThreadExecutor()]
        let shards = executors.map { executor in hub.shard(of: ObjectIdentifier(executor), executor: executor) }
        let gate = Gate(2 * 3 * ThreadTests.total)
        var clients: [[Client]] = [[], []]
        for (index, executor) in executors.enumerated() {
            executor.on {
                for _ in 0..<3 {
                    let client = Client(gate)
                    client.session = shards[index].shard.open(client, encoding: WireFormat.plain.encoding)
                    client.session?.subscribe(to: topic)
                    clients[index].append(client)
                }
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for publisher in 0..<ThreadTests.publishers {
                group.addTask {
                    for number in 0..<ThreadTests.messagesEach { try await publish("\(publisher) \(number)") }
                }
            }
            try await group.waitForAll()
        }
        await gate.wait()
        var received: [[String]] = []
        for (executor, clients) in zip(executors, clients) {
            executor.on {
                for client in clients {
                    received.append(client.received.map { String(buffer: $0) })
                    client.session?.close()
                }
            }
        }
        return received
    }

    private func check(_ received: [[String]]) {
        #expect(received.count == 6)
        for texts in received { #expect(texts == received[0]) }
        for publisher in 0..<ThreadTests.publishers {
            let own = received[0].filter { $0.hasPrefix("\(publisher) ") }
            #expect(own == (0..<ThreadTests.messagesEach).map { "\(publisher) \($0)" })
        }
    }

    @Test("what four threads publish reaches all, in one order")
    func publish() async throws {
        let hub = Hub()
        let topic = try TopicName("a")
        check(try await receive(hub, from: .named(topic)) { try await hub.publish($0, to: topic) })
        #expect(hub.topicCount == 0)
        #expect(hub.keptBytes == 0)
    }

    @Test("so does what four threads broadcast")
    func broadcast() async throws {
        let hub = Hub()
        check(
            try await receive(hub, from: hub.everyoneTopic) { text in
                while !hub.broadcast(Message(text)) { await Task.yield() }
            }
        )
        #expect(hub.keptBytes == 0)
        #expect(hub.publishedCount == ThreadTests.total)
    }

    @Test("who comes while four threads publish gets the past and what follows without a seam")
    func recovery() async throws {
        let hub = Hub(configuration: .init(defaults: Namespace(history: .last(100_000))))
        let topic = try TopicName("a")
        let executors = [ThreadExecutor(), ThreadExecutor()]
        let shards = executors.map { executor in hub.shard(of: ObjectIdentifier(executor), executor: executor) }
        let points: [StartingPoint] = [.last(100_000), .last(50), .since(try await hub.publish("first", to: topic)!)]
        var clients: [[Client]] = [[], []]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for publisher in 0..<ThreadTests.publishers {
                group.addTask {
                    for number in 0..<ThreadTests.messagesEach {
                        try await hub.publish("\(publisher) \(number)", to: topic)
                    }
                }
            }
            for number in 0..<40 {
                let index = number % 2
                executors[index].on {
                    let client = Client(Gate())
                    client.session = shards[index].shard.open(client, encoding: WireFormat.plain.encoding)
                    client.session?.subscribe(to: .named(topic), from: points[number % points.count])
                    clients[index].append(client)
                }
                try await hub.publish("between \(number)", to: topic)
            }
            try await group.waitForAll()
        }
        let all = try await hub.history(of: topic, limit: 100_000).messages.map(\.text)
        try await hub.publish("last", to: topic)
        let last = ByteBuffer(string: "last")
        for (index, executor) in executors.enumerated() {
            while !executor.on({ clients[index].allSatisfy { $0.received.last == last } }) { await Task.yield() }
            executor.on {
                for client in clients[index] {
                    let received = client.received.map { String(buffer: $0) }
                    #expect(received == Array((all + ["last"]).suffix(received.count)))
                    client.session?.close()
                }
            }
        }
        #expect(all.count == ThreadTests.total + 41)
    }
}
