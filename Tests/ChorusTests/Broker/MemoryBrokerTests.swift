import ChorusCore
import ChorusTesting
import NIOCore
import Synchronization
import Testing

@Suite("The broker in memory")
struct MemoryBrokerTests {
    @Test("does what every broker has to", arguments: BrokerConformance.checks)
    func conforms(_ check: BrokerConformance.Check) async throws {
        try await check.run { MemoryBroker() }
    }

    /// A broker whose time is turned by hand, and a hub in front of it.
    private final class Rig: Sendable {
        private let now = Mutex(NIODeadline.uptimeNanoseconds(1_000_000_000))
        let topic: TopicName

        init() throws { topic = try TopicName("a:1") }

        func make() -> (MemoryBroker, Hub) {
            let broker = MemoryBroker { self.now.withLock { $0 } }
            let namespace = Namespace("a", history: .last(10, for: .minutes(60)))
            return (broker, Hub(configuration: .init(namespaces: [namespace, Namespace("b")]), broker: broker))
        }

        func advance(_ time: TimeAmount) { now.withLock { $0 = $0 + time } }
    }

    @Test("what is too old goes also when nobody asks, and the topic a day after it was last used")
    func forgets() async throws {
        let rig = try Rig()
        let (broker, hub) = rig.make()
        let first = try await hub.publish(Message(String(repeating: "x", count: 10_000)), to: rig.topic)
        #expect(broker.topicCount == 1)
        #expect((10_000..<12_000).contains(broker.keptBytes))
        rig.advance(.minutes(59))
        broker.sweep()
        #expect(broker.keptBytes > 10_000)
        rig.advance(.minutes(2))
        broker.sweep()
        #expect(broker.keptBytes < 1000)
        #expect(broker.topicCount == 1)
        rig.advance(.hours(22))
        // the question has it remembered for another day
        #expect(try await hub.history(of: rig.topic).position == first)
        rig.advance(.hours(23))
        broker.sweep()
        #expect(broker.topicCount == 1)
        rig.advance(.hours(2))
        broker.sweep()
        #expect(broker.topicCount == 0)
        #expect(broker.keptBytes == 0)
        #expect(try await hub.history(of: rig.topic).position.epoch != first?.epoch)
        broker.forget(rig.topic)
        #expect(broker.topicCount == 0 && broker.keptBytes == 0)
    }

    @Test("removing the history gives back its memory, and the topic goes on where it is")
    func removed() async throws {
        let rig = try Rig()
        let (broker, hub) = rig.make()
        let first = try await hub.publish("1", to: rig.topic)
        let before = broker.keptBytes
        try await hub.publish(Message(.binary, ByteBuffer(repeating: 1, count: 10_000)), to: rig.topic)
        #expect(broker.keptBytes > before + 10_000)
        try await hub.removeHistory(of: rig.topic)
        #expect(broker.keptBytes < before)
        #expect(broker.topicCount == 1)
        let page = try await hub.history(of: rig.topic)
        #expect(page.messages.isEmpty)
        #expect(page.position.offset == 2 && page.first == 3)
        #expect(page.position.epoch == first?.epoch)
        try await hub.publish("3", to: rig.topic)
        #expect(try await hub.history(of: rig.topic).messages.map(\.text) == ["3"])
        let other = try TopicName("b:1")
        let none = await #expect(throws: ChorusError.self) { try await hub.removeHistory(of: other) }
        #expect(none?.code == .noHistory)
    }

    @Test("over its memory limit every topic keeps its share, and at least its newest message")
    func limited() async throws {
        let broker = MemoryBroker(memoryLimit: 1 << 20)
        let hub = Hub(configuration: .init(defaults: Namespace(history: .last(1_000_000))), broker: broker)
        let message = Message(.binary, ByteBuffer(repeating: 1, count: 1000))
        for _ in 0..<100 {
            for topic in 0..<20 { try await hub.publish(message, to: try TopicName("topic \(topic)")) }
        }
        #expect(broker.keptBytes < 2 << 20)
        for topic in 0..<20 {
            let kept = try await hub.history(of: try TopicName("topic \(topic)"), limit: 1000)
            #expect((30...60).contains(kept.messages.count))
            #expect(kept.position.offset == 100)
        }
        let big = Message(.binary, ByteBuffer(repeating: 1, count: 2 << 20))
        try await hub.publish(big, to: try TopicName("big"))
        #expect(try await hub.history(of: try TopicName("big")).messages.count == 1)
    }

    @Test("whoever asks for many topics that nobody publishes to does not fill the memory")
    func queried() async throws {
        let (broker, hub) = try Rig().make()
        for number in 0..<100_100 { _ = try await hub.history(of: try TopicName("a:\(number)"), limit: 0) }
        #expect(broker.topicCount == 100_000)
        #expect(broker.keptBytes <= 50_000_000)
        let position = try await hub.publish("1", to: try TopicName("a:100099"))
        #expect(position?.offset == 1)
    }

    @Test("a topic without history that is published to plainly is never known")
    func unknown() async throws {
        let (broker, hub) = try Rig().make()
        for number in 0..<100 { try await hub.publish("x", to: try TopicName("b:\(number)")) }
        #expect(broker.topicCount == 0)
    }

    @Test("an idempotency key is known for five minutes")
    func repeats() async throws {
        let rig = try Rig()
        let (_, hub) = rig.make()
        let options = PublishOptions(idempotencyKey: "k")
        #expect(try await hub.publish(Message("1"), to: rig.topic, options)?.offset == 1)
        rig.advance(.minutes(5) - .seconds(1))
        #expect(try await hub.publish(Message("1"), to: rig.topic, options)?.offset == 1)
        rig.advance(.seconds(1))
        #expect(try await hub.publish(Message("1"), to: rig.topic, options)?.offset == 2)
    }

    @Test("the hub says what it cannot answer")
    func errors() async throws {
        let rig = try Rig()
        let (broker, hub) = rig.make()
        let none = await #expect(throws: ChorusError.self) { try await hub.history(of: try TopicName("b:1")) }
        #expect(none?.code == .noHistory)
        let position = try #require(try await hub.publish("1", to: rig.topic))
        try await hub.publish("2", to: rig.topic)
        #expect(try await hub.history(of: rig.topic, since: position).messages.map(\.text) == ["2"])
        broker.forget(rig.topic)
        let other = await #expect(throws: ChorusError.self) { try await hub.history(of: rig.topic, since: position) }
        #expect(other?.code == .unrecoverablePosition)
    }
}
