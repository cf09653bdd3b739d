package import NIOCore
import Synchronization

/// A broker for one process.
///
/// A topic without history, published to without options, is not known here: its order is the order in which its log is
/// appended to. Every other topic has a stream, behind the lock of one of 64 stripes, which is held while a message
/// gets its position, is kept and delivered.
public final class MemoryBroker: Broker {
    private let delivery = Mutex<(any BrokerDelivery)?>(nil)
    private let stripes = Stripes<[String: MemoryStream]>([:])
    private let isSweeping = Atomic<Bool>(false)
    private let count = Atomic<Int>(0)
    private let used = Atomic<Int>(0)
    private let limit: Int
    private let clock: @Sendable () -> NIODeadline

    /// How often topics are looked for that can be forgotten.
    private static let sweepPause = Duration.seconds(10)
    private static let sweepCount = 256
    /// A topic that keeps nothing any more is remembered this long after it was last used: a client that comes back
    /// sooner is sure that it missed nothing.
    private static let memory = TimeAmount.hours(24)
    /// Beyond so many topics only this long, and a topic that has never been published to is not remembered at all.
    private static let manyTopics = 100_000
    private static let shortMemory = TimeAmount.minutes(10)

    /// Makes a broker.
    ///
    /// - Parameter memoryLimit: about how many bytes all topics together keep. Beyond it each topic keeps no more than
    ///   its share, at least one message. Default 512 MiB.
    public convenience init(memoryLimit: Int = 512 << 20) { self.init(memoryLimit: memoryLimit, clock: { .now() }) }

    /// - Parameter clock: the time; tests turn it themselves.
    package init(memoryLimit: Int = 512 << 20, clock: @escaping @Sendable () -> NIODeadline) {
        self.limit = max(1, memoryLimit)
        self.clock = clock
    }

    /// Called by the hub.
    public func start(_ delivery: any BrokerDelivery) {
        self.delivery.withLock { $0 = delivery }
    }

    /// Delivers at once, and keeps the message if its topic has a history.
    public func publish(_ publication: Publication, completion: (@Sendable (Result<Position?, ChorusError>) -> Void)?) {
        let delivery = delivery.withLock { $0 }
        guard publication.needsStream else {
            delivery?.deliver(publication.message, to: publication.topic)
            completion?(.success(nil))
            return
        }
        let position = withStream(of: publication.topic, publication.history) { stream, now in
            if let known = stream.suppression(of: publication.options, now: now) { return known.position }
            var message = publication.message
            if let history = publication.history, !publication.options.skipsHistory {
                stream.append(&message, history, now: now, most: share)
            }
            delivery?.deliver(message, to: publication.topic)
            if let key = publication.options.idempotencyKey { stream.remember(key, message.position, now: now) }
            return message.position
        }
        completion?(.success(position))
    }

    /// Answers at once.
    public func history(
        of topic: TopicName,
        keeping history: History,
        _ query: HistoryQuery,
        completion: @escaping @Sendable (Result<HistoryPage, ChorusError>) -> Void
    ) {
        completion(.success(page(of: topic, keeping: history, query)))
    }

    private func page(of topic: TopicName, keeping history: History, _ query: HistoryQuery) -> HistoryPage {
        // whoever asks for topics that nobody publishes to is not to fill the memory
        if topicCount >= MemoryBroker.manyTopics, !isKnown(topic) {
            return HistoryPage(position: MemoryStream(now: clock()).position, first: 1, messages: [])
        }
        return withStream(of: topic, history) { stream, now in
            stream.select(query, keeping: history, now: now)
        }.unpacked()
    }

    /// Forgets at once.
    public func removeHistory(
        of topic: TopicName,
        completion: @escaping @Sendable (Result<Void, ChorusError>) -> Void
    ) {
        stripes.withLock(of: topic.description) { streams in
            let before = streams[topic.description]?.cost ?? 0
            streams[topic.description]?.clear()
            account(from: before, to: streams[topic.description]?.cost ?? 0, topics: 0)
        }
        completion(.success(()))
    }

    /// Forgets all that it knows of a topic, as if it had never been: its next message begins another epoch.
    package func forget(_ topic: TopicName) {
        stripes.withLock(of: topic.description) { forget(topic.description, &$0) }
    }

    private func forget(_ name: String, _ streams: inout [String: MemoryStream]) {
        guard let stream = streams.removeValue(forKey: name) else { return }
        account(from: stream.cost, to: 0, topics: -1)
    }

    /// How many topics it knows.
    public var topicCount: Int { count.load(ordering: .relaxed) }

    /// About how many bytes it keeps.
    public var keptBytes: Int { used.load(ordering: .relaxed) }

    private func isKnown(_ topic: TopicName) -> Bool {
        stripes.withLock(of: topic.description) { $0[topic.description] != nil }
    }

    private func withStream<Result: Sendable>(
        of topic: TopicName,
        _ history: History?,
        _ body: (inout MemoryStream, NIODeadline) -> Result
    ) -> Result {
        startSweeping()
        let now = clock()
        return stripes.withLock(of: topic.description) { streams in
            let before = streams[topic.description]?.cost
            let result = streams[topic.description, default: MemoryStream(now: now)].used(at: now, history, body)
            account(from: before ?? 0, to: streams[topic.description]?.cost ?? 0, topics: before == nil ? 1 : 0)
            return result
        }
    }

    // MARK: Memory

    private func account(from before: Int, to after: Int, topics: Int) {
        if after != before { used.add(after - before, ordering: .relaxed) }
        if topics != 0 { count.add(topics, ordering: .relaxed) }
    }

    /// The most bytes of payloads that one topic may keep now.
    private var share: Int { keptBytes > limit ? limit / max(1, topicCount) : .max }

    /// Lets go of what topics keep too long, and forgets topics that keep nothing and were not used for a long time.
    package func sweep() {
        for stripe in stripes.parts {
            let now = clock()
            let memory = topicCount > MemoryBroker.manyTopics ? MemoryBroker.shortMemory : MemoryBroker.memory
            // publishers wait for a few at a time only
            let names = stripe.withLock { Array($0.keys) }
            for start in Swift.stride(from: 0, to: names.count, by: MemoryBroker.sweepCount) {
                stripe.withLock { streams in
                    for name in names[start..<min(names.count, start + MemoryBroker.sweepCount)] {
                        trim(name, &streams, now: now, memory: memory)
                    }
                }
            }
        }
    }

    private func trim(
        _ name: String,
        _ streams: inout [String: MemoryStream],
        now: NIODeadline,
        memory: TimeAmount
    ) {
        let before = streams[name]?.cost ?? 0
        streams[name]?.trim(now: now, most: share)
        guard let stream = streams[name] else { return }
        account(from: before, to: stream.cost, topics: 0)
        if stream.isEmpty, now - stream.lastUse >= memory { forget(name, &streams) }
    }

    /// Begins to, when the first topic is kept: a hub without history has no task for it.
    private func startSweeping() {
        guard !isSweeping.load(ordering: .relaxed), !isSweeping.exchange(true, ordering: .relaxed) else { return }
        Task { [weak self] in
            while (try? await Task.sleep(for: MemoryBroker.sweepPause)) != nil, let self { self.sweep() }
        }
    }
}

extension Publication {
    fileprivate var needsStream: Bool {
        history != nil || options.idempotencyKey != nil || options.version != nil
    }
}
