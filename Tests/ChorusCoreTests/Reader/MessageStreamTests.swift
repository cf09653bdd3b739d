import ChorusCore
import NIOCore
import Testing

@Suite("Message streams", .timeLimit(.minutes(1)))
struct MessageStreamTests {
    private let broker = MemoryBroker()
    private let hub: Hub
    private let topic = try! TopicName("a")  // a valid name

    init() {
        let namespaces = [
            Namespace("small", window: Window(messages: 10)), Namespace("latest", overflow: .latest),
            Namespace("kept", history: .last(1000), window: Window(messages: 10)),
            Namespace("few", history: .last(10)),
        ]
        hub = Hub(configuration: .init(namespaces: namespaces), broker: broker)
    }

    /// Publishes at once, however far behind the readers are.
    private func publish(_ message: Message, to topic: TopicName? = nil) {
        broker.publish(Publication(message, to: topic ?? self.topic), completion: nil)
    }

    @Test("it has every message from the moment it was made")
    func fromNowOn() async throws {
        publish(Message("too early"), to: topic)
        let stream = hub.subscribe(to: topic)
        for text in texts(1...300) { publish(Message(text), to: topic) }
        var iterator = stream.makeAsyncIterator()
        for text in texts(1...300) { #expect(try await iterator.next()?.text == text) }
    }

    @Test("a task that waits is woken by the next message")
    func waits() async throws {
        let stream = hub.subscribe(to: topic)
        let gates = (0..<5).map { _ in Gate() }
        let reader = Task {
            var received: [String] = []
            for try await message in stream {
                gates[received.count].pass()
                received.append(message.text)
                if received.count == gates.count { break }
            }
            return received
        }
        for (index, gate) in gates.enumerated() {
            publish(Message("\(index)"), to: topic)
            await gate.wait()
        }
        #expect(try await reader.value == (0..<5).map { "\($0)" })
    }

    @Test("a task that is cancelled while it waits gets the end, and the next one reads on")
    func cancelled() async throws {
        let stream = hub.subscribe(to: topic)
        let reader = Task { try await stream.first { _ in true } }
        reader.cancel()
        #expect(try await reader.value == nil)
        publish(Message("still here"), to: topic)
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next()?.text == "still here")
    }

    @Test("a reader that falls behind by more than the window is told, and that is the end")
    func overflow() async throws {
        let topic = try TopicName("small:x")
        let stream = hub.subscribe(to: topic)
        for text in texts(1...200) { publish(Message(text), to: topic) }
        var iterator = stream.makeAsyncIterator()
        do throws(ChorusError) {
            _ = try await iterator.next()
            Issue.record("it should have been told")
        } catch {
            #expect(error.code == .overflow)
        }
        #expect(try await iterator.next() == nil)
        #expect(hub.keptBytes <= 64 * 100)
    }

    @Test("a reader within the window gets everything", arguments: 1...30)
    func withinWindow(_ count: Int) async throws {
        let topic = try TopicName("small:x")
        let stream = hub.subscribe(to: topic)
        var iterator = stream.makeAsyncIterator()
        for round in 0..<20 {
            for number in 0..<min(count, 10) { publish(Message("\(round), \(number)"), to: topic) }
            for number in 0..<min(count, 10) { #expect(try await iterator.next()?.text == "\(round), \(number)") }
        }
    }

    @Test("where only the newest counts, a slow reader gets the newest of every key and is never lost")
    func latest() async throws {
        let topic = try TopicName("latest:x")
        let stream = hub.subscribe(to: topic)
        var iterator = stream.makeAsyncIterator()
        for number in 1...20_000 {
            publish(Message("\(number)", key: number % 100 == 0 ? "hundreds" : "others"), to: topic)
        }
        #expect(try await iterator.next()?.text == "19999")
        #expect(try await iterator.next()?.text == "20000")
        publish("more", to: topic)
        #expect(try await iterator.next()?.text == "more")
        #expect(hub.keptBytes <= 64 * 100)
    }

    @Test("a topic is left when its last stream is released")
    func released() async throws {
        var stream: MessageStream? = hub.subscribe(to: topic)
        publish(Message("one"), to: topic)
        #expect(hub.topicCount == 1)
        #expect(hub.keptBytes > 0)
        _ = stream
        stream = nil
        #expect(hub.topicCount == 0)
        #expect(hub.keptBytes == 0)
    }

    @Test("two streams of a topic are independent")
    func two() async throws {
        let streams = [hub.subscribe(to: topic), hub.subscribe(to: topic)]
        for text in texts(1...10) { publish(Message(text), to: topic) }
        for stream in streams {
            var iterator = stream.makeAsyncIterator()
            for text in texts(1...10) { #expect(try await iterator.next()?.text == text) }
        }
    }

    // MARK: The past

    private func keep(_ range: ClosedRange<Int>, in topic: TopicName) async throws {
        for text in texts(range) { try await hub.publish(text, to: topic) }
    }

    private func read(_ stream: MessageStream, _ count: Int) async throws -> [String] {
        var iterator = stream.makeAsyncIterator()
        var received: [String] = []
        while received.count < count, let message = try await iterator.next() { received.append(message.text) }
        return received
    }

    @Test("it may begin in the past, and goes on with what is published, also far beyond the window")
    func past() async throws {
        let topic = try TopicName("kept:1")
        try await keep(1...200, in: topic)
        let since = hub.subscribe(
            to: topic,
            from: .since(try await hub.history(of: topic, limit: 1).messages[0].position!)
        )
        let last = hub.subscribe(to: topic, from: .last(5))
        let late = hub.subscribe(to: topic, from: .last(2))
        #expect(try await read(since, 50) == texts(2...51))
        #expect(try await read(last, 5) == texts(196...200))
        try await keep(201...400, in: topic)
        #expect(try await read(since, 349) == texts(52...400))
        #expect(try await read(last, 200) == texts(201...400))
        try await keep(401...405, in: topic)
        for stream in [since, last] { #expect(try await read(stream, 5) == texts(401...405)) }
        // the last messages are those before it is read first
        #expect(try await read(late, 2) == texts(404...405))

    }

    @Test("while others publish, nothing is missing or twice between the past and the present", arguments: 0..<3)
    func seam(_ number: Int) async throws {
        let topic = try TopicName("kept:\(number)")
        try await keep(1...100, in: topic)
        let publishing = Task { try await keep(101...600, in: topic) }
        let streams = (0..<4).map { hub.subscribe(to: topic, from: .last($0 * 30)) }
        for stream in streams {
            var iterator = stream.makeAsyncIterator()
            var last: UInt64?
            while last != 600, let offset = try await iterator.next()?.position?.offset {
                #expect(offset == (last ?? offset - 1) + 1)
                last = offset
            }
        }
        try await publishing.value
    }

    @Test("what is not kept any more is an error, and then the end")
    func lost() async throws {
        let topic = try TopicName("few:1")
        try await keep(1...100, in: topic)
        let here = try await hub.history(of: topic, limit: 0).position
        let lost = [
            Position(epoch: here.epoch, offset: 50), Position(epoch: here.epoch + 1, offset: 95),
            Position(epoch: here.epoch, offset: 101),
        ]
        for (topic, position) in lost.map({ (topic, $0) }) + [(self.topic, here)] {
            var iterator = hub.subscribe(to: topic, from: .since(position)).makeAsyncIterator()
            let error = await #expect(throws: ChorusError.self) { try await iterator.next() }
            #expect(error?.code == .unrecoverablePosition)
            #expect(try await iterator.next() == nil)
        }
        let right = hub.subscribe(to: topic, from: .since(Position(epoch: here.epoch, offset: 90)))
        #expect(try await read(right, 10) == texts(91...100))
        // of whichever epoch the topic is in
        let any = hub.subscribe(to: topic, from: .since(Position(epoch: 0, offset: 90)))
        #expect(try await read(any, 10) == texts(91...100))
    }
}
