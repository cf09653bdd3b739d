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
        ]
        hub = Hub(configuration: .init(namespaces: namespaces), broker: broker)
    }

    /// Publishes at once, however far behind the readers are.
    private func publish(_ message: Message, to topic: TopicName? = nil) {
        broker.publish(message, to: topic ?? self.topic, completion: nil)
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
}
