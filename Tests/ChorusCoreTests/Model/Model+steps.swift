import ChorusCore
import NIOCore

extension Model {
    /// One thing happens, by chance.
    func step() {
        switch random.int(0...99) {
        case 0..<30: publish()
        case 30..<36: broadcast()
        case 36..<58: runSome()
        case 58..<64: runAll()
        case 64..<84: withClient(disturb)
        case 84..<88: withClient(subscribe)
        case 88..<91: withClient(unsubscribe)
        case 91..<93: join()
        case 93..<95: withClient(close)
        default: withClient(send)
        }
    }

    private func withClient(_ body: (ModelClient) -> Void) {
        let open = clients.filter(\.isOpen)
        if !open.isEmpty { body(random.pick(open)) }
    }

    // MARK: Publishing

    private func publish() {
        let topic = random.int(1...topics.count - 1)
        let count = random.int(1...messagesPerBurst)
        guard case .named(let name) = topics[topic].reference else { return }
        note("publish \(count) on \(topics[topic].name), from \(topics[topic].count)")
        for _ in 0..<count {
            let message = makeMessage(topic)
            topics[topic].append(message)
            broker.publish(Publication(message, to: name), completion: nil)
        }
    }

    private func broadcast() {
        let message = makeMessage(0)
        let isAccepted = hub.broadcast(message, except: message.excluded)
        note("broadcast \(topics[0].count): \(isAccepted ? "accepted" : "refused"), without \(message.excluded as Any)")
        if isAccepted { topics[0].append(message) }
    }

    private func makeMessage(_ topic: Int) -> Message {
        // a small payload cannot carry its number, which is needed where messages may be left out
        let least = topics[topic].overflow == .latest ? 4 : 0
        let size = max(least, random.pick([random.int(0...8), random.int(9...200), random.int(9...200), bigSize()]))
        let payload = Model.payload(number: topics[topic].count, size: size)
        let key = random.chance(50) ? nil : random.pick(["a", "b", "c", "d", "e"])
        var message = Message(random.chance(15) ? .binary : .text, payload, key: key)
        if random.chance(20), !clients.isEmpty { message.excluded = random.pick(clients).session.id }
        return message
    }

    /// Its number, as far as there is room for it, and bytes that no two messages have alike.
    private static func payload(number: Int, size: Int) -> ByteBuffer {
        var payload = ByteBuffer(integer: UInt32(number))
        let noise = noise.getSlice(at: number % 1000, length: max(0, size - 4)) ?? ByteBuffer()
        payload.writeImmutableBuffer(noise)
        return payload.getSlice(at: 0, length: size) ?? payload
    }

    private static let noise: ByteBuffer = {
        var random = SplitMix(seed: 0)
        var noise = ByteBuffer()
        for _ in 0..<12_000 { noise.writeInteger(random.next()) }
        return noise
    }()

    private func bigSize() -> Int { random.chance(25) ? random.int(5_000...80_000) : random.int(200...4_000) }

    // MARK: Shards

    private func runSome() {
        let shard = random.int(0...executors.count - 1)
        let count = random.int(1...4)
        note("shard \(shard) runs \(count)")
        for _ in 0..<count { executors[shard].runNext() }
    }

    private func runAll() {
        let shard = random.int(0...executors.count - 1)
        note("shard \(shard) runs until it has nothing to do")
        if !executors[shard].runUntilIdle() { fail("shard \(shard) does not come to rest") }
    }

    /// Notes what a shard that has nothing to do must have delivered.
    func lookForQuiet(_ shard: Int) {
        if executors[shard].isIdle { quiet[shard] = topics.map(\.count) }
    }
}
