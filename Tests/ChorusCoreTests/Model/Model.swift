import ChorusCore
import NIOCore

/// One schedule: a hub with shards and clients that do what a seed says; and beside it the little that must be known to
/// say what every client must have received.
final class Model {
    var random: SplitMix
    let hub: Hub
    let broker = MemoryBroker()
    let executors: [ManualExecutor]
    let shards: [ShardHandle]
    let sockets = FakeSockets()
    var topics: [ModelTopic] = []
    var clients: [ModelClient] = []
    /// By shard and topic: how much had been published when the shard last had nothing to do.
    var quiet: [[Int]]
    /// The least that a topic may keep, when all topics together have more than the budget.
    let share: Int
    let messagesPerBurst: Int
    private(set) var failures: [String] = []
    private(set) var steps: [String] = []
    private let isTracing: Bool

    init(seed: UInt64, isTracing: Bool = false) {
        var random = SplitMix(seed: seed)
        let window = Window(messages: random.int(1...300), bytes: random.int(1...200_000))
        let isTight = random.chance(15)
        let budget = isTight ? random.int(10_000...100_000) : 256 << 20
        var configuration = Hub.Configuration(defaults: Namespace(window: window), memoryBudget: budget)
        let small = Window(messages: random.int(50...200), bytes: random.int(20_000...100_000))
        configuration.namespaces = [
            Namespace("small", window: small), Namespace("wide"),
            Namespace("latest", window: small, overflow: .latest),
        ]
        hub = Hub(configuration: configuration, broker: broker)
        topics = [ModelTopic("", hub.everyoneTopic, window: window, overflow: .disconnect)]
        for number in 1...random.int(1...4) {
            let namespace = random.pick(configuration.namespaces + [Namespace("free", window: window)])
            let name = "\(namespace.name):\(number)"
            let reference = TopicReference.named(try! TopicName(name))  // a valid name
            topics.append(ModelTopic(name, reference, window: namespace.window, overflow: namespace.overflow))
        }
        let executors = (0..<random.int(1...3)).map { _ in ManualExecutor() }
        self.executors = executors
        shards = executors.map { [hub] executor in hub.shard(of: ObjectIdentifier(executor), executor: executor) }
        quiet = Array(repeating: Array(repeating: 0, count: topics.count), count: executors.count)
        share = isTight ? budget / topics.count : .max
        messagesPerBurst = random.chance(30) ? 100 : random.int(1...12)
        self.isTracing = isTracing
        self.random = random
        for index in shards.indices { configure(index) }
    }

    /// Small limits, so that a few clients are as much work as thousands are else.
    private func configure(_ shard: Int) {
        var limits = ShardLimits()
        limits.writesPerTurn = random.chance(70) ? random.int(1...12) : 4096
        limits.timePerTurn = .microseconds(Int64(random.int(1...1000)))
        limits.bytesPerPass = random.chance(50) ? random.int(1...40_000) : 256 << 10
        limits.bytesPerSession = random.chance(50) ? random.int(1...40_000) : 256 << 10
        executors[shard].step = .microseconds(Int64(random.int(0...20)))
        executors[shard].on {
            shards[shard].shard.limits = limits
            shards[shard].shard.sockets = sockets
        }
    }

    func note(_ step: @autoclosure () -> String) {
        if isTracing { steps.append(step()) }
    }

    func fail(_ failure: String) {
        if isTracing { steps.append("FAILED: \(failure)") }
        failures.append(failure)
    }

    func on<Result>(_ client: ModelClient, _ body: () -> Result) -> Result { executors[client.shard].on(body) }

    /// Runs the whole schedule. Returns what is to be gone when the model is.
    func run() -> ModelRemains {
        for _ in 0..<random.int(1...5) { join() }
        for _ in 0..<random.int(20...120) where failures.isEmpty { step() }
        settle()
        if failures.isEmpty { checkAtRest() }
        let remains = ModelRemains(self)
        closeAll()
        if failures.isEmpty { checkEmpty() }
        return remains
    }
}

/// What must not outlive its hub, and what was done.
struct ModelRemains {
    private let objects: [() -> String?]
    let counters: ShardCounters

    init(_ model: Model) {
        var objects: [() -> String?] = []
        func expectGone(_ name: String, _ object: some AnyObject) {
            objects.append { [weak object] in object == nil ? nil : name }
        }
        expectGone("the hub", model.hub)
        if case .fixed(let topic) = model.hub.everyoneTopic { expectGone("a topic", topic) }
        var counters = ShardCounters()
        for (index, shard) in model.shards.enumerated() {
            model.executors[index].on {
                counters += shard.shard.counters
                expectGone("a shard", shard.shard)
            }
            expectGone("a shard's handle", shard)
        }
        for client in model.clients {
            expectGone("a transport", client.transport)
            expectGone("a session", client.session)
        }
        self.objects = objects
        self.counters = counters
    }

    /// What is still there, by name.
    var leaked: [String] { objects.compactMap { $0() } }
}
