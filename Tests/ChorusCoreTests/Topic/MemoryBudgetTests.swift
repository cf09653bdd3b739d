import ChorusCore
import NIOCore
import Testing

@Suite("Memory budget")
struct MemoryBudgetTests {
    @Test("within the budget every topic may keep its window")
    func within() {
        let budget = MemoryBudget(limit: 1000)
        budget.add(1000)
        budget.addHolder(5)
        #expect(budget.allowance(for: Window(bytes: 700)) == 700)
    }

    @Test("over the budget each topic that holds a backlog has an equal share")
    func over() {
        let budget = MemoryBudget(limit: 1000)
        budget.add(1001)
        #expect(budget.allowance(for: Window(bytes: 700)) == 700)
        budget.addHolder(4)
        #expect(budget.allowance(for: Window(bytes: 700)) == 250)
        #expect(budget.allowance(for: Window(bytes: 100)) == 100)
        budget.addHolder(-2)
        #expect(budget.allowance(for: Window(bytes: 700)) == 500)
    }

    @Test("a hub counts what its topics keep, and forgets what is gone")
    func counted() {
        let test = TestHub()
        let stalled = test.client("a")
        stalled.room = 0
        for text in texts(1...10) { test.publish(text, to: "a") }
        let cost = texts(1...10).reduce(0) { $0 + $1.utf8.count + 64 }
        #expect(test.hub.keptBytes == cost)
        test.run()
        #expect(test.hub.keptBytes == cost)
        test.close(stalled)
        #expect(test.hub.keptBytes == 0)
    }

    @Test("what everybody has taken is not kept, but for a little", arguments: [100, 3000, 100_000])
    func taken(_ size: Int) {
        let test = TestHub()
        let client = test.client("news")
        for round in 1...70 {
            test.publish(String(repeating: "x", count: size), to: "news")
            test.run()
            #expect(test.hub.keptBytes <= 4096)
            #expect(test.on { $0.encodedBytes } <= 4096)
            #expect(client.texts(of: "news").count == round)
        }
    }

    @Test("stalled readers of many topics together keep no more than the budget and a segment each")
    func bounded() {
        let budget = 400_000
        let test = TestHub(.init(defaults: Namespace(window: Window(bytes: 200_000)), memoryBudget: budget))
        let topics = (1...10).map { "topic \($0)" }
        let readers = topics.map { test.client($0) }
        let stalled = topics.map { test.client($0) }
        for client in stalled { client.room = 0 }
        let message = Message(.binary, ByteBuffer(repeating: 1, count: 936))
        for _ in 0..<50 {
            for topic in topics {
                for _ in 0..<20 { test.publish(message, to: topic) }
            }
            test.run()
            // what one round published may have come on top before the logs were looked at again
            #expect(test.hub.keptBytes <= budget + topics.count * (TopicLog.Segment.maximumBytes + 20_000))
        }
        for reader in readers {
            #expect(reader.ended == nil)
            reader.readBack()
            #expect(reader.frames.count == 1000)
        }
        for client in stalled { #expect(client.ended == .overflow(nil)) }
    }

    @Test("within the budget the same readers are not lost")
    func notBounded() {
        let test = TestHub(.init(defaults: Namespace(window: Window(bytes: 2_000_000)), memoryBudget: 20_000_000))
        let stalled = (1...10).map { test.client("topic \($0)") }
        for client in stalled { client.room = 0 }
        let message = Message(.binary, ByteBuffer(repeating: 1, count: 936))
        for _ in 0..<1000 {
            for topic in 1...10 { test.publish(message, to: "topic \(topic)") }
        }
        test.run()
        #expect(test.hub.keptBytes == 10_000_000)
        for client in stalled {
            #expect(client.ended == nil)
            client.room = .max
            test.flush(client)
        }
        test.run()
        for client in stalled {
            client.readBack()
            #expect(client.frames.count == 1000)
        }
        #expect(test.hub.keptBytes < 10 * TopicLog.Segment.maximumBytes)
    }
}
