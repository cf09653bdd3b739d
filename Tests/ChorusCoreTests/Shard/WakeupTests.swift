import ChorusCore
import NIOCore
import Testing

@Suite("Wake-ups")
struct WakeupTests {
    @Test("a shard that nobody of a topic is on is never woken for it")
    func notWoken() {
        let test = TestHub(shards: 3)
        let client = test.client("a", on: 0)
        _ = test.client("b", on: 1)
        for text in texts(1...100) { test.publish(text, to: "a") }
        #expect(test.executors.map(\.queued) == [1, 0, 0])
        test.run()
        #expect(test.executors.map(\.runCount) == [1, 0, 0])
        #expect(client.texts(of: "a") == texts(1...100))
    }

    @Test("a topic that everybody has left wakes nobody")
    func left() {
        let test = TestHub()
        let client = test.client("a")
        test.executor.on { client.session!.unsubscribe(from: "a") }
        test.publish("to nobody", to: "a")
        #expect(test.executor.isIdle)
    }

    @Test("however much is published, on however many topics, one turn is asked for")
    func once() {
        let test = TestHub()
        let topics = (1...50).map { "topic \($0)" }
        let clients = topics.map { test.client($0) }
        for topic in topics {
            for text in texts(1...10) { test.publish(text, to: topic) }
        }
        test.executor.on { _ = clients[0].session!.send(ByteBuffer(), isReply: true) }
        #expect(test.executor.queued == 1)
        test.run()
        #expect(test.executor.runCount == 1)
        for (topic, client) in zip(topics, clients) { #expect(client.texts(of: topic) == texts(1...10)) }
    }

    @Test("what is published during a turn asks for the next one")
    func during() {
        let test = TestHub()
        let client = test.client("a")
        var isFirst = true
        client.onWrite = {
            guard isFirst else { return }
            isFirst = false
            test.publish("two", to: "a")
            test.publish("three", to: "a")
        }
        test.publish("one", to: "a")
        test.run()
        #expect(client.texts(of: "a") == ["one", "two", "three"])
        #expect(client.writeCount == 2)
    }

    @Test("however long it goes on, no more than one turn is on its way")
    func atMostOne() {
        let test = TestHub()
        test.on { $0.limits.writesPerTurn = 1 }
        let clients = (0..<10).map { _ in test.client("a", "b") }
        for number in 1...200 {
            test.publish("\(number)", to: number % 2 == 0 ? "a" : "b")
            #expect(test.executor.queued + test.executor.scheduled <= 1)
            test.executor.runNext()
        }
        test.run()
        for client in clients { #expect(client.texts(of: "a").count + client.texts(of: "b").count == 200) }
    }

    @Test("a transport that is ready while it is being written to is not forgotten", arguments: [1, 5, 12])
    func readyAtOnce(_ room: Int) {
        let test = TestHub()
        let client = test.client("a")
        client.isImmediate = true
        for text in texts(1...100) {
            client.room = room
            test.publish(text, to: "a")
            test.publish(text, to: "a")
            test.run()
        }
        #expect(client.texts(of: "a").count == 200)
    }
}
