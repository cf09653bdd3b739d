import ChorusCore
import NIOCore
import Synchronization
import Testing

/// A hub whose shards run on ``ManualExecutor``s, and clients on ``FakeTransport``s.
struct TestHub {
    let hub: Hub
    let executors: [ManualExecutor]
    let shards: [ShardHandle]
    private let broker: MemoryBroker
    private let presence: MemoryPresence
    private let clock: ManualExecutor
    private let sockets = FakeSockets()

    /// - Parameter late: answers later about the past.
    init(_ configuration: Hub.Configuration = .init(), shards count: Int = 1, late: LateBroker? = nil) {
        let broker = late?.base ?? MemoryBroker()
        let clock = ManualExecutor()
        let presence = MemoryPresence(clock: { clock.now })
        let hub = Hub(configuration: configuration, broker: late ?? broker, presence: presence)
        self.presence = presence
        self.clock = clock
        self.broker = broker
        let executors = (0..<count).map { _ in ManualExecutor() }
        self.hub = hub
        self.executors = executors
        self.shards = executors.map { executor in hub.shard(of: ObjectIdentifier(executor), executor: executor) }
        for (shard, executor) in zip(shards, executors) { executor.on { shard.shard.sockets = sockets } }
    }

    /// What stands for the socket of a client that is to be written to straight.
    func socket(of transport: FakeTransport) -> Socket { sockets.socket(of: transport) }

    var executor: ManualExecutor { executors[0] }

    /// A client that follows topics; `everyone` is the topic of broadcasts.
    func client(
        _ topics: String...,
        on shard: Int = 0,
        format: WireFormat = .plain,
        from point: StartingPoint = .now,
        hearsNotices: Bool = false,
        as user: String? = nil,
        info: String? = nil
    ) -> FakeTransport {
        let transport = FakeTransport(format)
        executors[shard].on {
            transport.session = shards[shard].shard.open(
                transport,
                socket: socket(of: transport),
                encoding: format.encoding,
                hearsNotices: hearsNotices,
                user: user
            )
        }
        for topic in topics { subscribe(transport, to: topic, on: shard, from: point, info: info) }
        return transport
    }

    func subscribe(
        _ client: FakeTransport,
        to topic: String,
        on shard: Int = 0,
        from point: StartingPoint = .now,
        info: String? = nil
    ) {
        executors[shard].on {
            client.session!.subscribe(to: reference(topic), from: point, info: info.map { ByteBuffer(string: $0) })
        }
    }

    var memberCount: Int { presence.memberCount }

    /// How many topics it knows members, or has something to tell, of.
    var presenceTopics: Int { presence.topicCount }

    /// Lets time pass for those who come and go; what is due then is told.
    func wait(_ time: TimeAmount) {
        clock.advance(by: time)
        presence.tick()
    }

    func reference(_ topic: String) -> TopicReference {
        topic == TestHub.everyone ? hub.everyoneTopic : .named(name(topic))
    }

    func name(_ topic: String) -> TopicName { try! TopicName(topic) }  // tests use valid names

    func publish(_ text: String, to topic: String, key: String? = nil, except session: SessionID? = nil) {
        publish(Message(text, key: key), to: topic, except: session)
    }

    func publish(
        _ message: Message,
        to topic: String,
        except session: SessionID? = nil,
        _ options: PublishOptions = PublishOptions()
    ) {
        var message = message
        message.excluded = session
        let history = hub.namespace(of: name(topic)).kept
        broker.publish(Publication(message, to: name(topic), history: history, options: options), completion: nil)
    }

    /// Where a topic with history is now.
    func position(of topic: String) -> Position {
        let position = Mutex(Position(epoch: 0, offset: 0))
        let history = hub.namespace(of: name(topic)).kept ?? .last(1)
        broker.history(of: name(topic), keeping: history, HistoryQuery(limit: 0)) { result in
            if case .success(let page) = result { position.withLock { $0 = page.position } }
        }
        return position.withLock { $0 }
    }

    func removeHistory(of topic: String) { broker.removeHistory(of: name(topic)) { _ in } }

    /// The broker forgets the topic: what comes is of another epoch.
    func loseStream(of topic: String) { broker.forget(name(topic)) }

    /// Does something on a shard's thread.
    @discardableResult
    func on<Result>(_ shard: Int = 0, _ body: (Shard) throws -> Result) rethrows -> Result {
        try executors[shard].on { try body(shards[shard].shard) }
    }

    func close(_ client: FakeTransport, on shard: Int = 0) { executors[shard].on { client.session!.close() } }

    func flush(_ client: FakeTransport, on shard: Int = 0) { executors[shard].on { client.flush() } }

    /// Lets a client take so many bytes at a time, and after a while all.
    func drip(_ client: FakeTransport, bytes: Int, times: Int) {
        for _ in 0..<times {
            client.room = bytes
            flush(client)
            run()
        }
        client.room = .max
        flush(client)
        run()
    }

    /// Runs every shard until it has nothing to do.
    func run() {
        for executor in executors where !executor.runUntilIdle() { Issue.record("a shard does not come to rest") }
    }

    var counters: ShardCounters {
        executors.indices.reduce(into: ShardCounters()) { sum, shard in sum += on(shard) { $0.counters } }
    }

    static let everyone = "everyone"
}

/// `count` numbered texts.
func texts(_ range: ClosedRange<Int>) -> [String] { range.map { "message \($0)" } }
