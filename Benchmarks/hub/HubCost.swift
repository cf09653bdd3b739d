import ChorusCore
import NIOCore

/// What the hub costs by itself, without sockets: `scripts/perf hub`.
@main
struct HubCost {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "messages":
            let numbers = arguments.dropFirst().compactMap { Int($0) }
            try await messages(of: numbers.first ?? 128, in: numbers.dropFirst().first ?? 1)
        case "topics": try topics(history: nil)
        case "topics-with-history": try topics(history: .last(10))
        case "recovery": try await recovery()
        default: print("usage: HubCost messages [SIZE [TOPICS]] | topics | topics-with-history | recovery")
        }
    }

    /// Memory per message that a topic keeps, beyond its payload. One measurement a process, because an allocator keeps
    /// what it was given back.
    private static func messages(of size: Int, in topics: Int) async throws {
        let count = 1_000_000
        let history = History(count: count, bytes: 8 << 30)
        let hub = Hub(
            configuration: .init(defaults: Namespace(history: history)),
            broker: MemoryBroker(memoryLimit: 8 << 30)
        )
        let names = try (0..<topics).map { try TopicName("topic \($0)") }
        let message = Message(.binary, ByteBuffer(repeating: 1, count: size))
        let before = Process.memory
        for number in 0..<count { try await hub.publish(message, to: names[number % topics]) }
        let bytes = Double(Process.memory - before) / Double(count) - Double(size)
        print("\(count) messages of \(size) B in \(topics) topic(s): \(Int(bytes.rounded())) B each beyond the payload")
        print("kept: \(try await hub.history(of: names[0], limit: 0).first == 1)")
    }

    /// Memory of a million topics with one subscriber each.
    private static func topics(history: History?) throws {
        let count = 1_000_000
        let hub = Hub(configuration: .init(defaults: Namespace(history: history)))
        let thread = BenchThread()
        let shard = hub.shard(of: ObjectIdentifier(thread), executor: thread).shard
        let transport = CountingTransport()
        let before = Process.memory
        for number in 0..<count {
            let session = shard.open(transport, encoding: CountingTransport.encoding)
            session.subscribe(to: .named(try TopicName("topic \(number)")))
        }
        let bytes = Process.memory - before
        print("\(count) topics with one subscriber each: \(bytes >> 20) MiB, \(bytes / count) B each")
    }

    /// CPU of 19,000 clients that come back at once, each missing the same 100 messages, against delivering these live.
    private static func recovery() async throws {
        let messages = 100
        for (kind, pause, hasSockets) in [
            ("one by one", true, false), ("in one burst", false, false), ("one by one into sockets", true, true),
            ("in one burst into sockets", false, true),
        ] {
            // a pair of descriptors each
            let clients = hasSockets ? 9000 : 19_000
            var live: [Double] = []
            var past: [Double] = []
            for _ in 0..<5 {
                let rig = try BenchRig(clients, hasSockets: hasSockets)
                rig.join(from: .now)
                rig.thread.run()
                live.append(
                    try await rig.measure { try await rig.publish(messages, each: pause ? rig.thread.run : {}) }
                )
                let since = try await rig.hub.history(of: rig.topic, limit: 0).position
                rig.leave()
                rig.join(from: .since(Position(epoch: since.epoch, offset: since.offset - UInt64(messages))))
                past.append(try await rig.measure {})
                rig.leave()
            }
            let ratio = past.sorted()[2] / live.sorted()[2]
            print(
                "\(clients) clients, \(messages) messages: live, \(kind) \(live.sorted()[2]) s; recovered \(past.sorted()[2]) s;"
            )
            print("  ratio \((ratio * 100).rounded() / 100)")
        }
    }
}
