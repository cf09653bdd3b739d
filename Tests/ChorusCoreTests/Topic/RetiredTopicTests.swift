import ChorusCore
import NIOCore
import Testing

/// Topics that nobody follows any more, and those who had looked them up before.
@Suite("Retired topics")
struct RetiredTopicTests {
    private final class Reader: Wakeable {
        func wake(_ slot: Int32) {}
    }

    private let reader = Reader()
    private let table = TopicTable { name in
        LiveTopic(name: name.description, budget: MemoryBudget(limit: 1 << 20))
    }

    @Test("a topic that is followed is not retired")
    func followed() throws {
        let topic = table.resolve(.named(try TopicName("a")))
        let id = try #require(topic.join(reader, slot: 0)).id
        #expect(!topic.retire())
        table.release(topic)
        #expect(table.count == 1)
        #expect(topic.append("still taken"))
        #expect(topic.leave(id))
        #expect(topic.retire())
    }

    @Test("one that was retired takes neither messages nor readers, so that they look again")
    func retired() throws {
        let name = try TopicName("a")
        let found = table.resolve(.named(name))
        let id = try #require(found.join(reader, slot: 0)).id
        #expect(found.leave(id))
        table.release(found)
        #expect(table.count == 0)
        #expect(table.find(name) == nil)
        #expect(!found.append("refused"))
        #expect(found.join(reader, slot: 0) == nil)
        let successor = table.resolve(.named(name))
        #expect(successor !== found)
        #expect(successor.join(reader, slot: 0) != nil)
    }

    @Test("releasing a topic does not take its successor away")
    func successor() throws {
        let name = try TopicName("a")
        let first = table.resolve(.named(name))
        table.release(first)
        let second = table.resolve(.named(name))
        table.release(first)
        #expect(table.find(name) === second)
    }

    @Test("a topic that comes back is a new one")
    func comesBack() {
        let test = TestHub()
        test.close(test.client("a"))
        #expect(test.hub.topicCount == 0)
        test.publish("to nobody", to: "a")
        let next = test.client("a")
        test.publish("to somebody", to: "a")
        test.run()
        #expect(next.texts(of: "a") == ["to somebody"])
    }

    @Test("a topic is freed when its last subscriber leaves, though the shard lives on")
    func freed() {
        let test = TestHub()
        var topic: LiveTopic? = LiveTopic(name: "own", budget: MemoryBudget(limit: 1 << 20))
        weak let watched = topic
        let client = test.client("b")
        if let topic { test.executor.on { client.session!.subscribe(to: .fixed(topic)) } }
        #expect(topic?.append("hello") == true)
        topic = nil
        test.run()
        #expect(client.texts(of: "own") == ["hello"])
        #expect(watched != nil)
        test.executor.on { client.session!.unsubscribe(from: "own") }
        #expect(watched == nil)
    }
}
