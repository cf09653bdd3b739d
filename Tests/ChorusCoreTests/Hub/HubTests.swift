import ChorusCore
import NIOCore
import Testing

@Suite("Hub")
struct HubTests {
    @Test("it counts sessions, topics and what was published")
    func counts() {
        let test = TestHub()
        let clients = [test.client("a", "b"), test.client("b", TestHub.everyone)]
        #expect(test.hub.sessionCount == 2)
        #expect(test.hub.topicCount == 2)
        #expect(clients[0].session!.topics == ["a", "b"])
        test.hub.broadcast("hello")
        #expect(test.hub.publishedCount == 1)
        for client in clients { test.close(client) }
        #expect(test.hub.sessionCount == 0)
        #expect(test.hub.topicCount == 0)
    }

    @Test("a topic may be followed by several shards, and is there as long as one follows it")
    func severalShards() {
        let test = TestHub(shards: 2)
        let one = test.client("a", on: 0)
        let two = test.client("a", on: 1)
        test.publish("both", to: "a")
        test.close(one, on: 0)
        #expect(test.hub.topicCount == 1)
        test.publish("two alone", to: "a")
        test.run()
        #expect(one.texts(of: "a") == [])
        #expect(two.texts(of: "a") == ["both", "two alone"])
        test.close(two, on: 1)
        #expect(test.hub.topicCount == 0)
    }

    @Test("following a topic twice changes nothing, leaving it once leaves it")
    func twice() {
        let test = TestHub()
        let client = test.client("a", "a")
        test.publish("once", to: "a")
        test.run()
        #expect(client.texts(of: "a") == ["once"])
        test.executor.on { client.session!.unsubscribe(from: "a") }
        test.executor.on { client.session!.unsubscribe(from: "a") }
        #expect(test.hub.topicCount == 0)
    }

    @Test("a session that is closed follows nothing, and may be closed again")
    func closed() {
        let test = TestHub()
        let client = test.client("a")
        test.close(client)
        test.close(client)
        test.subscribe(client, to: "b")
        #expect(client.session!.isClosed)
        #expect(test.hub.topicCount == 0)
        #expect(test.hub.sessionCount == 0)
    }

    @Test("a broadcast is refused while an event loop has a whole window before it, and counted")
    func refused() {
        let test = TestHub(.init(defaults: Namespace(window: Window(messages: 10))))
        let client = test.client(TestHub.everyone)
        for text in texts(1...10) { #expect(test.hub.broadcast(Message(text))) }
        #expect(!test.hub.broadcast("one too many"))
        #expect(test.hub.refusedBroadcastCount == 1)
        test.run()
        #expect(test.hub.broadcast("now"))
        test.run()
        #expect(client.texts(of: "") == texts(1...10) + ["now"])
    }

    @Test("and publishing waits for the loop, and gives up when the program does")
    func overloaded() async throws {
        let test = TestHub(.init(defaults: Namespace(window: Window(messages: 10))))
        _ = test.client("a")
        for text in texts(1...10) { test.publish(text, to: "a") }
        let hub = test.hub
        let publisher = Task { try await hub.publish("one too many", to: TopicName("a")) }
        publisher.cancel()
        await #expect { try await publisher.value } throws: { ($0 as? ChorusError)?.code == .overloaded }
        test.run()
        try await hub.publish("now", to: TopicName("a"))
        test.run()
    }

    @Test("a hub that is let go of takes its shards with it, whatever was published before")
    func released() {
        var test: TestHub? = TestHub()
        weak let hub = test?.hub
        weak let shard = test?.on { $0 }
        _ = test?.client("a", TestHub.everyone)
        test?.publish("never delivered", to: "a")
        test?.on { shard in for session in shard.openSessions { session.close() } }
        test = nil
        #expect(hub == nil)
        #expect(shard == nil)
    }
}
