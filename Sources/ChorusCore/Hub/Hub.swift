import NIOCore
import Synchronization

/// The heart of a broadcast server, without any network: topics, who follows them, and the shards that serve them.
///
/// ```swift
/// let hub = Hub()
/// try await hub.publish("Goal!", to: TopicName("scores:final"))
/// ```
public final class Hub: Sendable {
    /// What its topics keep, and how much.
    public var configuration: Configuration { rules.configuration }
    let topics: TopicTable
    let broker: any Broker
    let presence: any Presence
    let rules: NamespaceRegister
    let register = SessionRegister()
    /// Programs' broadcasts that were not accepted because an event loop was behind.
    let refusedBroadcasts = Atomic<Int>(0)
    /// Messages published through this hub, broadcasts included.
    let published = Atomic<Int>(0)
    private let budget: MemoryBudget
    private let outbox: OutboxLimits
    /// Apart from ``rules``, because the name of every topic that a client wants is looked at with them.
    let userSeparator: Character?
    let privatePrefix: String?
    private let everyone: LiveTopic
    private let shardTable = Mutex<[ObjectIdentifier: ShardHandle]>([:])

    /// Makes a hub.
    ///
    /// - Parameters:
    ///   - configuration: what topics keep. Must be valid (``Configuration/validate()``); the program ends otherwise.
    ///   - broker: who orders messages and remembers them; by default this process.
    ///   - presence: who knows who is subscribed; by default this process.
    public init(
        configuration: Configuration = Configuration(),
        broker: any Broker = MemoryBroker(),
        presence: any Presence = MemoryPresence()
    ) {
        do {
            try configuration.validate()
        } catch {
            preconditionFailure("\(error)")
        }
        let budget = MemoryBudget(limit: configuration.memoryBudget)
        func make(_ options: Namespace) -> TopicNamespace {
            TopicNamespace(options, broker: broker, presence: presence, budget: budget)
        }
        let rules = NamespaceRegister(configuration, NamespaceTable(configuration, make: make))
        self.rules = rules
        self.outbox = configuration.outbox
        self.userSeparator = configuration.userSeparator
        self.privatePrefix = configuration.privatePrefix
        self.budget = budget
        self.broker = broker
        self.presence = presence
        self.topics = TopicTable { LiveTopic(name: $0.description, in: rules.table[$0]) }
        self.everyone = LiveTopic(name: "", in: make(Namespace(window: configuration.defaults.window)))
        let delivery = HubDelivery(hub: self)
        broker.start(delivery)
        presence.start(delivery)
    }

    var namespaces: NamespaceTable { rules.table }

    func makeNamespace(_ options: Namespace) -> TopicNamespace {
        TopicNamespace(options, broker: broker, presence: presence, budget: budget)
    }

    /// Whether there may be such a topic (``Configuration/allowsUnknownNamespaces``).
    public func knows(_ topic: TopicName) -> Bool { namespaces.knows(topic) }

    /// What holds for a topic.
    public func namespace(of topic: TopicName) -> Namespace { namespaces[topic].options }

    /// The topic of ``broadcast(_:except:)``, which the sessions of a server follow.
    package var everyoneTopic: TopicReference { .fixed(everyone) }

    var everyoneLog: LiveTopic { everyone }

    /// Bytes of the memory budget that are in use: what topics keep for readers that are behind, and what is reserved.
    package var keptBytes: Int { budget.bytes }

    /// Takes a part of the memory budget for what waits to be published; `false` if a quarter of the budget is taken.
    package func reserve(_ bytes: Int) -> Bool { budget.reserve(bytes) }

    /// Gives back what was reserved.
    package func giveBack(_ bytes: Int) { budget.giveBack(bytes) }

    /// The shard of an event loop, made at its first use.
    ///
    /// - Parameters:
    ///   - owner: identifies the loop.
    ///   - executor: how to reach it.
    package func shard(
        of owner: ObjectIdentifier,
        executor: @autoclosure () -> any ShardExecutor
    ) -> ShardHandle {
        shardTable.withLock { shards in
            if let shard = shards[owner] { return shard }
            let shard = ShardHandle(
                topics: topics,
                register: register,
                outbox: outbox,
                executor: executor()
            )
            shards[owner] = shard
            return shard
        }
    }

    /// All shards.
    package var shards: [ShardHandle] { shardTable.withLock { Array($0.values) } }

    /// Lets go of the shard of an event loop that is about to end; it has no sessions any more.
    package func removeShard(of owner: ObjectIdentifier) { shardTable.withLock { $0[owner] = nil } }
}
