import ChorusCore
import NIOCore

/// One schedule of topics with a past: publishers, retention, removed histories, and clients that begin somewhere in
/// the past, stall, go and come back. Beside it all that was ever published, from which follows what every client must
/// have received, and been told.
final class RecoveryModel {
    /// What was published: its number is its payload. `position` is `nil` for what skips history.
    struct Entry {
        let number: Int
        let position: Position?
        var key: String?
    }

    final class Client {
        let number: Int
        let topic: Int
        let shard: Int
        let point: StartingPoint
        let transport = FakeTransport()
        let hearsNotices: Bool
        /// What it was told, and how many frames it had then.
        var told: [(frames: Int, start: SubscriptionStart)] = []
        var isOpen = true
        /// Where the topic was when it came.
        let arrival: Position

        init(number: Int, topic: Int, shard: Int, point: StartingPoint, hearsNotices: Bool, arrival: Position) {
            self.number = number
            self.topic = topic
            self.shard = shard
            self.point = point
            self.hearsNotices = hearsNotices
            self.arrival = arrival
        }
    }

    var random: SplitMix
    let test: TestHub
    /// In every other schedule answers come later.
    private let late: LateBroker?
    let names = ["few:1", "few:2", "many:1", "paged:1", "newest:1", "newest:2", "narrow:1", "resync:1"]
    static let kept = ["few": 25, "many": 5000, "paged": 5000, "newest": 25, "narrow": 5000, "resync": 5000]
    /// How many keys `newest` keeps, of so many that there are.
    static let keys = (kept: 70, all: 80)
    /// By topic, in order.
    var published: [[Entry]]
    /// Which topic an epoch is of, and how much had been published there when it began.
    private(set) var epochs: [UInt64: (topic: Int, start: Int)] = [:]
    var clients: [Client] = []
    /// Clients that were ended because they were too slow.
    var overflows = 0
    private(set) var failures: [String] = []
    private(set) var steps: [String] = []
    private let isTracing: Bool

    init(seed: UInt64, isTracing: Bool = false) {
        random = SplitMix(seed: seed)
        self.isTracing = isTracing
        let namespaces = RecoveryModel.kept.sorted { $0.key < $1.key }.map { name, count in
            let isNarrow = name == "narrow" || name == "resync"
            return Namespace(
                name,
                history: .last(count),
                latest: name == "newest" ? Latest(keys: RecoveryModel.keys.kept) : nil,
                window: isNarrow ? Window(messages: 20) : Window(messages: 1 << 20, bytes: 1 << 30),
                overflow: name == "resync" ? .resync : .disconnect
            )
        }
        late = seed % 2 == 0 ? LateBroker() : nil
        test = TestHub(.init(namespaces: namespaces), shards: random.int(1...3), late: late)
        published = Array(repeating: [], count: names.count)
        for shard in test.shards.indices {
            var limits = ShardLimits()
            limits.writesPerTurn = random.chance(70) ? random.int(1...12) : 4096
            limits.bytesPerPass = random.chance(50) ? random.int(1...40_000) : 256 << 10
            limits.bytesPerSession = random.chance(50) ? random.int(1...2_000) : 256 << 10
            test.executors[shard].step = .microseconds(Int64(random.int(0...20)))
            test.executors[shard].on { test.shards[shard].shard.limits = limits }
        }
    }

    func note(_ step: @autoclosure () -> String) {
        if isTracing { steps.append(step()) }
    }

    func fail(_ failure: String) {
        if isTracing { steps.append("FAILED: \(failure)") }
        failures.append(failure)
    }

    func run() -> ShardCounters {
        for _ in 0..<random.int(30...150) where failures.isEmpty { step() }
        settle()
        for client in clients where failures.isEmpty { check(client) }
        let counters = test.counters
        for client in clients where client.isOpen { test.close(client.transport, on: client.shard) }
        test.run()
        if test.hub.topicCount > 0 || test.hub.keptBytes > 0 { fail("something is kept for nobody") }
        return counters
    }

    /// Where a topic is.
    func here(_ topic: Int) -> Position {
        let position = test.position(of: names[topic])
        if epochs[position.epoch] == nil { epochs[position.epoch] = (topic, published[topic].count) }
        return position
    }

    // MARK: Steps

    private func step() {
        switch random.int(0...99) {
        case 0..<30: publish()
        case 30..<32: lose()
        case 32..<48: join()
        case 48..<75: runSome()
        case 75..<78: test.run()
        case 78..<94: withClient(disturb)
        default: withClient(close)
        }
    }

    private func withClient(_ body: (Client) -> Void) {
        let open = clients.filter(\.isOpen)
        if !open.isEmpty { body(random.pick(open)) }
    }

    private func publish() {
        let topic = random.int(0...names.count - 1)
        let size = names[topic].hasPrefix("paged") ? random.int(0...30_000) : random.int(0...50)
        let isOfKeys = names[topic].hasPrefix("newest")
        _ = here(topic)
        // a window is left only by much at once
        let isNarrow = names[topic].hasPrefix("narrow") || names[topic].hasPrefix("resync")
        for _ in 0..<(random.chance(isNarrow ? 70 : 20) ? random.int(50...150) : random.int(1...5)) {
            let number = published[topic].count
            let skips = random.chance(10)
            var payload = ByteBuffer(integer: UInt32(number))
            payload.writeRepeatingByte(7, count: size)
            let key = isOfKeys ? "\(random.int(0...RecoveryModel.keys.all))" : nil
            test.publish(Message(.binary, payload, key: key), to: names[topic], PublishOptions(skipsHistory: skips))
            let position = skips ? nil : here(topic)
            published[topic].append(Entry(number: number, position: position, key: key))
        }
        note("\(names[topic]) has \(published[topic].count), at \(here(topic))")
    }

    private func lose() {
        let topic = random.int(0...names.count - 1)
        note("\(names[topic]) is lost")
        test.loseStream(of: names[topic])
        // or the epoch that a shard asks for would be unknown here
        _ = here(topic)
    }

    private func join() {
        guard clients.count(where: \.isOpen) < 12 else { return }
        let topic = random.int(0...names.count - 1)
        let here = here(topic)
        let seen = published[topic].compactMap(\.position)
        let orLast = random.chance(50) ? random.pick([1, 10, 200]) : 0
        let point: StartingPoint =
            switch random.int(0...9) {
            case 0...4 where names[topic].hasPrefix("newest"): .latest
            case 0: .now
            case 1...3: .last(random.pick([0, 1, 10, 64, 200]))
            case 4:
                .since(
                    Position(epoch: here.epoch + UInt64(random.int(0...1)), offset: UInt64(random.int(0...400))),
                    orLast: orLast
                )
            case 5...6 where !seen.isEmpty: .since(seen[max(0, seen.count - random.int(1...30))], orLast: orLast)
            case 7...8 where !seen.isEmpty: .since(random.pick(seen), orLast: orLast)
            default: .since(Position(epoch: here.epoch, offset: 0), orLast: orLast)
            }
        let client = Client(
            number: clients.count,
            topic: topic,
            shard: random.int(0...test.shards.count - 1),
            point: point,
            hearsNotices: random.chance(60),
            arrival: here
        )
        note("client \(client.number) joins \(names[topic]) at \(here) on shard \(client.shard) from \(point)")
        clients.append(client)
        client.transport.onStart = { [unowned client, unowned self] name, start in
            guard name == names[client.topic] else { return }
            client.transport.readBackWhole()
            let received = numbers(client)
            client.told.append((received.count, start))
            note("client \(client.number) is told \(start) after \(received.count)")
            checkEdge(client, start)
            if case .gap = start, !isResync(client) { checkLoss(client, received: received.last) }
        }
        client.transport.onEnd = { [unowned client, unowned self] in ended(client, $0) }
        let other = random.chance(30) ? random.int(0...names.count - 1) : topic
        _ = self.here(other)
        if random.chance(50) { client.transport.room = random.int(0...3000) }
        let isStraight = random.chance(70)
        test.executors[client.shard].on {
            let shard = test.shards[client.shard].shard
            client.transport.session = shard.open(
                client.transport,
                socket: isStraight ? test.socket(of: client.transport) : .none,
                encoding: client.transport.format.encoding,
                hearsNotices: client.hearsNotices
            )
            client.transport.session!.subscribe(to: test.reference(names[topic]), from: point)
            if other != topic { client.transport.session!.subscribe(to: test.reference(names[other]), from: .last(3)) }
        }
    }

    /// Whether the client is told of a gap when it has left the window, though what it missed is kept.
    func isResync(_ client: Client) -> Bool { names[client.topic].hasPrefix("resync") }

    private func close(_ client: Client) {
        note("client \(client.number) closes")
        client.isOpen = false
        test.close(client.transport, on: client.shard)
    }

    private func disturb(_ client: Client) {
        let transport = client.transport
        transport.isImmediate = random.chance(30)
        switch random.int(0...5) {
        case 0: transport.room = 0
        case 1...2: transport.room = random.int(0...3000)
        case 3: transport.mode = transport.mode == .queueing ? .direct : .queueing
        default:
            transport.room = .max
            test.flush(transport, on: client.shard)
        }
    }

    private func runSome() {
        let shard = random.int(0...test.executors.count - 1)
        for _ in 0..<random.int(1...4) { test.executors[shard].runNext() }
        if random.chance(40) { late?.answer() }
    }

    private func settle() {
        note("all clients read")
        for client in clients { client.transport.room = .max }
        for _ in 0..<5000 {
            test.run()
            while late?.answer() ?? false { test.run() }
            let busy = clients.filter { $0.isOpen && $0.transport.kept != nil }
            if busy.isEmpty { return }
            for client in busy { test.flush(client.transport, on: client.shard) }
        }
        fail("it does not come to rest")
    }
}

extension FakeTransport {
    /// Reads back the frames that are whole, and keeps the rest.
    func readBackWhole() { while readBackOne() {} }
}
