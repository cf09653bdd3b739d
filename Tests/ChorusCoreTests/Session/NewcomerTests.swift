import ChorusCore
import NIOCore
import Testing

/// Where the messages of a subscription begin.
@Suite("Newcomers")
struct NewcomerTests {
    private let test = TestHub()

    @Test("the first of a shard begins with what is published after it came")
    func first() {
        let elsewhere = TestHub(shards: 2)
        _ = elsewhere.client("a", on: 0)
        elsewhere.publish("too early", to: "a")
        let client = elsewhere.client("a", on: 1)
        elsewhere.publish("in time", to: "a")
        elsewhere.run()
        #expect(client.texts(of: "a") == ["in time"])
    }

    @Test("what its shard has delivered is past, what it has not reaches it with everybody else")
    func edge() {
        let other = test.client("a")
        test.publish("delivered", to: "a")
        test.run()
        test.publish("on its way", to: "a")
        let client = test.client("a")
        test.run()
        #expect(client.texts(of: "a") == ["on its way"])
        #expect(other.texts(of: "a") == ["delivered", "on its way"])
    }

    @Test("also when it cannot take anything yet")
    func busy() {
        _ = test.client("a")
        test.publish("delivered", to: "a")
        test.run()
        test.publish("on its way", to: "a")
        let client = test.client("a")
        var head = ByteBuffer()
        WireFormat.plain.encode(ByteBuffer(string: "head"), topic: "head", into: &head)
        test.executor.on { client.session!.writeFirst(head) }
        test.run()
        test.publish("later", to: "a")
        test.run()
        test.flush(client)
        test.run()
        #expect(client.texts(of: "a") == ["on its way", "later"])
    }

    @Test("who leaves and comes back begins anew")
    func back() {
        _ = test.client("a")
        let client = test.client("a")
        client.room = 0
        for text in texts(1...3) { test.publish(text, to: "a") }
        test.run()
        test.executor.on { client.session!.unsubscribe(from: "a") }
        test.publish("missed", to: "a")
        test.run()
        test.subscribe(client, to: "a")
        client.room = .max
        test.flush(client)
        test.publish("new", to: "a")
        test.run()
        #expect(client.texts(of: "a") == ["message 1", "new"])
    }
}
