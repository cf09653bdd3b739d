import ChorusCore
import NIOCore
import Testing

@Suite("A client that stops reading")
struct StalledSubscriberTests {
    @Test("it costs one frame and its cursor, and the log once for all who stall")
    func cost() {
        let test = TestHub()
        let reader = test.client("a")
        let stalled = (0..<20).map { _ in test.client("a") }
        for client in stalled { client.room = 0 }
        let message = Message(.binary, ByteBuffer(repeating: 1, count: 936))
        for _ in 0..<500 {
            test.publish(message, to: "a")
            test.run()
        }
        reader.readBack()
        #expect(reader.frames.count == 500)
        #expect(test.hub.keptBytes == 500 * 1000)
        for client in stalled {
            #expect(client.mostKept < 1000)
            #expect(client.writeCount == 1)
        }
    }

    @Test("when the last one has caught up, the log is one segment again")
    func shrinks() {
        let test = TestHub()
        let stalled = (0..<3).map { _ in test.client("a") }
        for client in stalled { client.room = 0 }
        for text in texts(1...1000) { test.publish(text, to: "a") }
        test.run()
        let most = test.hub.keptBytes
        for client in stalled {
            #expect(test.hub.keptBytes == most)
            client.room = .max
            test.flush(client)
            test.run()
            #expect(client.texts(of: "a") == texts(1...1000))
        }
        #expect(test.hub.keptBytes <= 64 * 100)
    }

    @Test("so is what is encoded, and it is bounded while somebody is behind", arguments: [1, 100])
    func encodedBytes(_ messagesPerTurn: Int) {
        let test = TestHub()
        let readers = WireFormat.allCases.map { test.client("a", format: $0) }
        let message = Message(.text, ByteBuffer(repeating: 1, count: 936))
        func publish() {
            for number in 1...2000 {
                test.publish(message, to: "a")
                if number % messagesPerTurn == 0 { test.run() }
            }
        }
        publish()
        let mostAtRest = readers.count * 2 * TopicLog.Segment.maximumBytes
        #expect(test.on { $0.encodedBytes } <= mostAtRest)
        readers[0].room = 0
        publish()
        #expect(test.on { $0.encodedBytes } <= readers.count * 600_000)
        #expect(test.on { $0.encodedBytes } > mostAtRest)
        readers[0].room = .max
        test.flush(readers[0])
        test.run()
        #expect(test.on { $0.encodedBytes } <= mostAtRest)
    }

    @Test("or when it has left, even if nothing is published any more")
    func shrinksWhenItLeaves() {
        let test = TestHub()
        let reader = test.client("a")
        let stalled = test.client("a", "b")
        stalled.room = 0
        for text in texts(1...1000) { test.publish(text, to: "a") }
        test.run()
        #expect(test.hub.keptBytes > 64 * 500)
        test.executor.on { stalled.session!.unsubscribe(from: "a") }
        #expect(test.hub.keptBytes <= 64 * 100)
        #expect(reader.texts(of: "a").count == 1000)
    }

    @Test("beyond the window it is told, and it alone")
    func overflow() {
        let test = TestHub(.init(defaults: Namespace(window: Window(messages: 200))))
        let reader = test.client("a")
        let stalled = test.client("a")
        stalled.room = 0
        for text in texts(1...500) {
            test.publish(text, to: "a")
            test.run()
        }
        #expect(stalled.ended == .overflow(nil))
        #expect(stalled.session!.isClosed)
        #expect(test.counters.overflows == 1)
        #expect(test.hub.sessionCount == 1)
        #expect(reader.ended == nil)
        #expect(reader.texts(of: "a") == texts(1...500))
        #expect(test.hub.keptBytes <= 64 * 100)
    }

    @Test("a reader that is only slow, within the window, gets everything", arguments: [1, 7, 50])
    func slow(_ rate: Int) {
        let test = TestHub()
        let slow = test.client("a")
        for (index, text) in texts(1...1000).enumerated() {
            slow.room = index % rate == 0 ? 40 : 0
            test.publish(text, to: "a")
            test.run()
            if index % 3 == 0 { test.flush(slow) }
        }
        test.run()
        while slow.kept != nil {
            test.flush(slow)
            test.run()
        }
        #expect(slow.texts(of: "a") == texts(1...1000))
    }

    @Test("bytes that are queued by a transport as with TLS make it wait as well")
    func queueing() {
        let test = TestHub()
        let client = test.client("a")
        client.mode = .queueing
        for text in texts(1...10) {
            test.publish(text, to: "a")
            test.run()
        }
        #expect(client.texts(of: "a") == texts(1...1))
        test.flush(client)
        test.run()
        #expect(client.texts(of: "a") == texts(1...10))
        test.flush(client)
        test.run()
        #expect(test.executor.on { client.session!.hasEverything })
    }

    @Test(
        "a connection that is gone is written to once, and asks for no turns until it is closed",
        arguments: [["a"], ["a", "b"], ["a", "b", "a"]]
    )
    func gone(_ topics: [String]) {
        let test = TestHub()
        let client = test.client("a", "b")
        client.mode = .gone
        for topic in topics { test.publish("several topics at once", to: topic) }
        test.run()
        for topic in ["a", "b"] {
            test.publish("one after the other", to: topic)
            test.run()
        }
        test.executor.on { _ = client.session!.send(ByteBuffer(string: "x"), isReply: true) }
        test.run()
        #expect(client.writeCount == 1)
        test.close(client)
        #expect(test.hub.topicCount == 0)
        #expect(test.hub.keptBytes == 0)
    }

    @Test("a transport that must write its own bytes first goes before everything else")
    func writeFirst() {
        let test = TestHub()
        let client = test.client("a")
        var head = ByteBuffer()
        WireFormat.plain.encode(ByteBuffer(string: "head"), topic: "head", into: &head)
        test.executor.on { client.session!.writeFirst(head) }
        test.publish("later", to: "a")
        test.run()
        #expect(client.writeCount == 0)
        test.flush(client)
        test.run()
        client.readBack()
        #expect(client.frames.map { String(buffer: $0.payload) } == ["head", "later"])
    }
}
