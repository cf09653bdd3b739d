import ChorusCore
import NIOCore
import Testing

/// A pass that takes several turns, and what happens between them.
@Suite("Time slices")
struct TimeSlicingTests {
    private let test = TestHub()

    private func clients(_ count: Int) -> [FakeTransport] { (0..<count).map { _ in test.client("a") } }

    @Test("after 4,096 writes the loop is given back, and gets a moment to look at its sockets")
    func byWrites() {
        let clients = clients(10_000)
        test.publish("one", to: "a")
        test.executor.runNext()
        #expect(clients.count { $0.writeCount == 1 } == 4096)
        #expect(test.executor.queued == 0)
        #expect(test.executor.scheduled == 1)
        test.executor.runNext()
        #expect(clients.count { $0.writeCount == 1 } == 8192)
        test.run()
        for client in clients { #expect(client.texts(of: "a") == ["one"]) }
    }

    @Test("or after a millisecond")
    func byTime() {
        let clients = clients(1000)
        test.executor.step = .microseconds(100)
        test.publish("one", to: "a")
        test.executor.runNext()
        // the clock is looked at after every 32 writes, and a turn looks a few times besides
        #expect((100...400).contains(clients.count { $0.writeCount == 1 }))
        test.run()
        for client in clients { #expect(client.texts(of: "a") == ["one"]) }
    }

    @Test(
        "or after longer, when it has been kept waiting longer: half of that, at most 10 ms",
        arguments: [
            (0, 100...400), (8, 1000...1500), (1000, 2800...3500),
        ]
    )
    func byWaiting(_ milliseconds: Int64, _ writes: ClosedRange<Int>) {
        let clients = clients(4000)
        test.publish("one", to: "a")
        test.executor.step = .milliseconds(milliseconds)
        _ = test.executor.now
        test.executor.step = .microseconds(100)
        test.executor.runNext()
        #expect(writes.contains(clients.count { $0.writeCount == 1 }))
        test.run()
        for client in clients { #expect(client.texts(of: "a") == ["one"]) }
    }

    @Test("those who cannot be written to count too")
    func busy() {
        test.on { $0.limits.writesPerTurn = 10 }
        let clients = clients(100)
        for client in clients { client.mode = .queueing }
        test.publish("one", to: "a")
        test.run()
        test.publish("two", to: "a")
        test.executor.runNext()
        #expect(test.executor.scheduled == 1)
        test.run()
        for client in clients { test.flush(client) }
        test.run()
        for client in clients { #expect(client.texts(of: "a") == ["one", "two"]) }
    }

    @Test("what joins a session's other messages counts little")
    func additions() {
        test.on { $0.limits.writesPerTurn = 40 }
        let clients = clients(5)
        let topics = (0..<100).map { "topic \($0)" }
        for client in clients {
            for topic in topics { test.subscribe(client, to: topic) }
        }
        for topic in topics { test.publish("one", to: topic) }
        test.executor.runNext()
        #expect(clients.map(\.writeCount) == [1, 1, 1, 1, 1])
        for client in clients {
            for topic in topics { #expect(client.texts(of: topic) == ["one"]) }
        }
    }

    @Test("errands are done in their order, and after a millisecond of them deliveries have their share")
    func errands() {
        final class Done { var numbers: [Int] = [] }
        let done = Done()
        let client = test.client("a")
        test.executor.step = .microseconds(100)
        test.on { shard in
            for number in 0..<100 { shard.soon { done.numbers.append(number) } }
        }
        test.publish("one", to: "a")
        test.executor.runNext()
        #expect((5...12).contains(done.numbers.count))
        #expect(client.texts(of: "a") == ["one"])
        test.run()
        #expect(done.numbers == Array(0..<100))
    }

    @Test("what an errand asks for is done in the same turn")
    func errandsAsk() {
        let client = test.client("a")
        test.on { shard in
            shard.soon { client.session?.send(client.session?.frame(Message("reply")) ?? ByteBuffer(), isReply: true) }
        }
        test.executor.runNext()
        #expect(client.writeCount == 1)
        #expect(test.executor.isIdle)
    }

    @Test("what is published while a pass is under way follows it")
    func publishedBetween() {
        test.on { $0.limits.writesPerTurn = 10 }
        let clients = clients(35)
        for number in 1...20 {
            test.publish("\(number)", to: "a")
            test.executor.runNext()
        }
        test.run()
        for client in clients { #expect(client.texts(of: "a") == (1...20).map { "\($0)" }) }
    }

    @Test("who joins while a pass is under way receives it and what follows")
    func joinsBetween() {
        test.on { $0.limits.writesPerTurn = 10 }
        let before = clients(25)
        test.publish("one", to: "a")
        test.executor.runNext()
        let between = clients(5)
        test.publish("two", to: "a")
        test.run()
        for client in before + between { #expect(client.texts(of: "a") == ["one", "two"]) }
    }

    @Test("who leaves while a pass is under way takes nobody's place", arguments: 0..<30)
    func leavesBetween(_ leaver: Int) {
        test.on { $0.limits.writesPerTurn = 10 }
        var clients = clients(30)
        test.publish("one", to: "a")
        test.executor.runNext()
        test.close(clients.remove(at: leaver))
        test.executor.runNext()
        test.close(clients.remove(at: (leaver * 7) % clients.count))
        test.publish("two", to: "a")
        test.run()
        for client in clients { #expect(client.texts(of: "a") == ["one", "two"]) }
    }

    @Test("who is cut and catches up while a pass is under way misses nothing", arguments: [0, 9, 15, 29])
    func catchesUpBetween(_ index: Int) {
        test.on { $0.limits.writesPerTurn = 10 }
        let clients = clients(30)
        clients[index].room = 0
        for number in 1...5 { test.publish("\(number)", to: "a") }
        test.executor.runNext()
        clients[index].room = .max
        for _ in 0..<10 {
            test.flush(clients[index])
            test.executor.runNext()
        }
        test.publish("6", to: "a")
        test.run()
        for client in clients { #expect(client.texts(of: "a") == (1...6).map { "\($0)" }) }
    }

    @Test("many topics share the turns")
    func manyTopics() {
        test.on { $0.limits.writesPerTurn = 16 }
        let topics = (0..<20).map { "topic \($0)" }
        let clients = topics.map { topic in (0..<5).map { _ in test.client(topic) } }
        for text in texts(1...3) {
            for topic in topics { test.publish(text, to: topic) }
            test.executor.runNext()
        }
        test.run()
        for (topic, clients) in zip(topics, clients) {
            for client in clients { #expect(client.texts(of: topic) == texts(1...3)) }
        }
    }

    @Test("a session that catches up with much has its share, and the others go on meanwhile")
    func share() {
        let slow = test.client("a")
        slow.room = 0
        let message = Message(.binary, ByteBuffer(repeating: 1, count: 10_000))
        for _ in 0..<150 { test.publish(message, to: "a") }
        test.run()
        let other = test.client("b")
        slow.room = .max
        test.flush(slow)
        test.publish("meanwhile", to: "b")
        test.executor.runNext()
        #expect(other.texts(of: "b") == ["meanwhile"])
        slow.readBack()
        #expect(slow.frames.count < 50)
        test.run()
        slow.readBack()
        #expect(slow.frames.count == 150)
    }
}
