import ChorusCore
import NIOCore
import NIOPosix
import Synchronization

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
        case "growth": try growth()
        case "recovery": try await recovery()
        case "presence": try await presence()
        default:
            print(
                "usage: HubCost messages [SIZE [TOPICS]] | topics | topics-with-history | growth | recovery | presence"
            )
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

    /// CPU of a message to one of so many topics with one subscriber each, from publishing to its write.
    private static func growth() throws {
        let messages = 200_000
        let message = Message(.binary, ByteBuffer(repeating: 1, count: 128))
        for count in [1, 1000, 19_000, 100_000, 1_000_000] {
            let hub = Hub()
            let thread = BenchThread()
            let shard = hub.shard(of: ObjectIdentifier(thread), executor: thread).shard
            let transport = CountingTransport()
            let names = try (0..<count).map { try TopicName("topic \($0)") }
            for name in names {
                shard.open(transport, encoding: CountingTransport.encoding).subscribe(to: .named(name))
            }
            var times: [Double] = []
            for _ in 0..<5 {
                let start = Process.processorTime
                for number in 0..<messages {
                    // neighbours in time are none in memory
                    _ = hub.offer(message, to: names[number * 7919 % count])
                    thread.run()
                }
                times.append(Process.processorTime - start)
                guard transport.drain() == messages * 128 else { fatalError("something was not delivered") }
            }
            print("\(count) topics with one subscriber each: \(nanoseconds(times, messages)) ns a message")
        }
    }

    /// CPU of joining topics with presence, behind a lock and on another event loop; and what a storm of 10,000 joins in one
    /// topic makes its subscribers read.
    private static func presence() async throws {
        let count = 200_000
        let names = try (0..<1000).map { try TopicName("topic \($0)") }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        var locked: [Double] = []
        var handed: [Double] = []
        for _ in 0..<5 {
            let here = MemoryPresence()
            var start = Process.processorTime
            for number in 0..<count { here.join(Member(id: "s\(number)"), to: names[number % 1000], true) }
            locked.append(Process.processorTime - start)
            let there = MemoryPresence()
            start = Process.processorTime
            for number in 0..<count {
                loop.execute { there.join(Member(id: "s\(number)"), to: names[number % 1000], true) }
            }
            try await loop.submit {}.get()
            handed.append(Process.processorTime - start)
        }
        try await group.shutdownGracefully()
        let ratio = handed.sorted()[2] / locked.sorted()[2]
        print(
            "\(count) joins: \(nanoseconds(locked, count)) ns each; on another loop \(nanoseconds(handed, count)) ns each"
        )
        print("  ratio \((ratio * 100).rounded() / 100)")

        let storm = MemoryPresence()
        let notices = NoticeCounter()
        storm.start(notices)
        let start = Process.processorTime
        let clock = ContinuousClock()
        let begin = clock.now
        for number in 0..<10_000 {
            storm.join(Member(id: "s\(number)"), to: names[0], true)
            // 10,000 a second
            while clock.now < begin + .microseconds(100 * number) {}
        }
        try await Task.sleep(for: .milliseconds(200))
        print("10,000 joins in a second: \(notices.summary), CPU with waiting \(Process.processorTime - start) s")
    }

    private static func nanoseconds(_ times: [Double], _ count: Int) -> Int {
        Int((times.sorted()[2] / Double(count) * 1e9).rounded())
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

/// Counts what the subscribers of a topic are told.
private final class NoticeCounter: PresenceDelivery {
    private let counts = Mutex((notices: 0, members: 0))

    func deliver(_ notice: PresenceNotice, to topic: TopicName) {
        counts.withLock { counts in
            counts.notices += 1
            switch notice {
            case .joined(let members, _), .left(let members, _), .present(.some(let members), _):
                counts.members += members.count
            case .present(nil, _): break
            }
        }
    }

    var summary: String { counts.withLock { "\($0.notices) notices that name \($0.members) members" } }
}
