import ChorusCore
import NIOCore
import Synchronization
import Testing

/// What a topic drops and what it keeps, seen from a reader that stands still.
@Suite("Window")
struct WindowTests {
    private final class Reader: Wakeable {
        let wakeCount = Mutex(0)

        func wake(_ slot: Int32) { wakeCount.withLock { $0 += 1 } }
    }

    private let reader = Reader()

    private func topic(_ window: Window, overflow: OverflowPolicy = .disconnect, budget: Int = 1 << 30) -> LiveTopic {
        LiveTopic(Namespace(window: window, overflow: overflow), budget: MemoryBudget(limit: budget))
    }

    private func append(_ count: Int, size: Int = 0, to topic: LiveTopic) {
        for _ in 0..<count { #expect(topic.append(Message(.binary, ByteBuffer(repeating: 1, count: size)))) }
    }

    private func first(_ topic: LiveTopic, _ id: InterestTable.ID, floor: UInt64, delivered: UInt64) -> UInt64 {
        let edges = InterestTable.Edges(taken: delivered, delivered: delivered, floor: floor)
        return topic.take(id, after: delivered, edges: edges, limit: 1).first
    }

    @Test("a topic that nobody follows keeps nothing")
    func nobody() {
        let topic = topic(Window())
        append(100, to: topic)
        #expect(topic.head == 100)
        #expect(topic.segment(containing: 100) == nil)
    }

    @Test(
        "a reader within the window loses nothing; one outside finds the beginning gone",
        arguments: [1, 63, 64, 300]
    )
    func byMessages(_ window: Int) throws {
        let topic = topic(Window(messages: window))
        let id = try #require(topic.join(reader, slot: 0)).id
        append(1000, to: topic)
        // delivered to those who keep up; the slowest stands at 0
        let first = first(topic, id, floor: 0, delivered: 1000)
        #expect(first <= UInt64(1000 - window + 1))
        #expect(first > UInt64(max(0, 1000 - window - TopicLog.Segment.maximumMessages)))
    }

    @Test("the window counts bytes as well", arguments: [1, 10_000, 40_000, 500_000])
    func byBytes(_ window: Int) throws {
        let topic = topic(Window(bytes: window))
        let id = try #require(topic.join(reader, slot: 0)).id
        append(1000, size: 936, to: topic)
        let first = first(topic, id, floor: 0, delivered: 1000)
        let kept = (1000 - Int(first) + 1) * 1000
        #expect(kept >= min(window, 1000))
        #expect(kept < window + 2 * TopicLog.Segment.maximumBytes)
    }

    @Test("what a shard has not delivered is never dropped")
    func undelivered() throws {
        let topic = topic(Window(messages: 10, bytes: 1000), budget: 1)
        let id = try #require(topic.join(reader, slot: 0)).id
        append(1000, to: topic)
        #expect(first(topic, id, floor: 0, delivered: 0) == 1)
        #expect(topic.segment(containing: 1)?.first == 1)
        #expect(first(topic, id, floor: 128, delivered: 128) == 129)
    }

    @Test("what everybody has taken goes, up to the newest segment")
    func taken() throws {
        let topic = topic(Window())
        let id = try #require(topic.join(reader, slot: 0)).id
        append(200, to: topic)
        #expect(first(topic, id, floor: 64, delivered: 200) == 65)
        #expect(first(topic, id, floor: 100, delivered: 200) == 65)
        #expect(first(topic, id, floor: 200, delivered: 200) == 193)
    }

    @Test("the slowest of all readers counts; when it leaves, the next")
    func slowest() throws {
        let topic = topic(Window())
        let (slow, _) = try #require(topic.join(reader, slot: 0))
        let (fast, _) = try #require(topic.join(reader, slot: 1))
        append(200, to: topic)
        topic.settle(fast, edges: .init(at: 200))
        topic.settle(slow, edges: .init(at: 64))
        #expect(topic.segment(containing: 65) != nil)
        #expect(!topic.leave(slow))
        #expect(topic.segment(containing: 192) == nil)
        #expect(topic.segment(containing: 193) != nil)
        #expect(topic.leave(fast))
        #expect(topic.segment(containing: 200) == nil)
    }

    @Test("an interest is woken once until it has read")
    func marks() throws {
        let topic = topic(Window())
        let (id, head) = try #require(topic.join(reader, slot: 0))
        append(3, to: topic)
        #expect(reader.wakeCount.withLock { $0 } == 1)
        #expect(topic.take(id, after: head, edges: .init(at: head), limit: .max).segments.count == 1)
        append(3, to: topic)
        #expect(reader.wakeCount.withLock { $0 } == 2)
    }
}
