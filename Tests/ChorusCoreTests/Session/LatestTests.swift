import ChorusCore
import NIOCore
import Testing

/// Sessions that are behind in a topic with ``OverflowPolicy/latest``.
@Suite("The newest message of every key")
struct LatestTests {
    private let test = TestHub(.init(namespaces: [Namespace("price", window: Window(messages: 10), overflow: .latest)]))

    @Test("who keeps up receives everything")
    func live() {
        let client = test.client("price:x")
        for text in texts(1...50) {
            test.publish(text, to: "price:x", key: "x")
            test.run()
        }
        #expect(client.texts(of: "price:x") == texts(1...50))
    }

    @Test("who is behind receives the newest of every key, in order, and nothing else")
    func behind() {
        let client = test.client("price:x")
        client.room = 0
        test.publish("x0", to: "price:x", key: "x")
        test.run()
        for number in 1...100 {
            test.publish("x\(number)", to: "price:x", key: "x")
            if number <= 50 { test.publish("y\(number)", to: "price:x", key: "y") }
            test.publish("none\(number)", to: "price:x")
            test.run()
        }
        #expect(client.ended == nil)
        client.room = .max
        test.flush(client)
        test.run()
        #expect(client.texts(of: "price:x") == ["x0", "y50", "x100", "none100"])
        #expect(test.counters.skipped == 247)
        #expect(test.counters.recovered == 3)
        test.publish("x101", to: "price:x", key: "x")
        test.run()
        #expect(client.texts(of: "price:x").last == "x101")
    }

    @Test("a key whose only message lies far outside the window is not forgotten")
    func farBack() {
        let client = test.client("price:x")
        client.room = 0
        test.publish("first", to: "price:x", key: "a")
        test.publish("rare", to: "price:x", key: "rare")
        for number in 1...1000 { test.publish("\(number)", to: "price:x", key: "often") }
        test.run()
        client.room = .max
        test.flush(client)
        test.run()
        #expect(client.texts(of: "price:x") == ["first", "rare", "1000"])
    }

    @Test("a table that is cut on its way goes on where it was cut", arguments: [0, 1, 15, 16, 40, 100])
    func cut(_ room: Int) {
        let client = test.client("price:x")
        client.room = 0
        test.publish("start", to: "price:x")
        test.run()
        for key in 0..<10 { test.publish("\(key)", to: "price:x", key: "\(key)") }
        test.run()
        client.room = room
        test.flush(client)
        test.run()
        test.publish("new 5", to: "price:x", key: "5")
        client.room = .max
        test.flush(client)
        test.run()
        test.flush(client)
        test.run()
        let received = client.texts(of: "price:x").dropFirst()
        #expect(received.filter { $0 != "5" } == (0..<10).map { "\($0)" }.filter { $0 != "5" } + ["new 5"])
    }

    @Test("nobody's being behind keeps a log")
    func noLog() {
        let client = test.client("price:x")
        client.room = 0
        for number in 1...1000 {
            test.publish("\(number)", to: "price:x", key: "x")
            test.run()
        }
        #expect(test.hub.keptBytes < 2 * 64 * 100)
    }

    @Test("the table is forgotten when the last one leaves, and a newcomer sees only what is new")
    func forgotten() {
        let first = test.client("price:x")
        test.publish("old", to: "price:x", key: "x")
        test.run()
        let second = test.client("price:x")
        second.room = 0
        test.close(first)
        test.publish("new", to: "price:x", key: "y")
        test.publish("newer", to: "price:x", key: "z")
        test.run()
        second.room = .max
        test.flush(second)
        test.run()
        #expect(second.texts(of: "price:x") == ["new", "newer"])
        test.close(second)
        #expect(test.hub.topicCount == 0)
    }
}
