import ChorusCore
import NIOCore

extension Model {
    func join() {
        guard clients.filter(\.isOpen).count < 9 else { return }
        let transport = FakeTransport(random.pick(WireFormat.allCases))
        let client = ModelClient(number: clients.count, shard: random.int(0...shards.count - 1), transport: transport)
        note("\(client.label) joins shard \(client.shard) with \(client.format)")
        let socket = random.chance(70) ? sockets.socket(of: transport) : .none
        transport.session = on(client) {
            shards[client.shard].shard.open(transport, socket: socket, encoding: client.format.encoding)
        }
        transport.onEnd = { [unowned self, unowned client] in ended(client, $0) }
        transport.onResume = { [unowned self, unowned client] in resumed(client) }
        clients.append(client)
        for _ in 0..<random.int(1...topics.count) { subscribe(client) }
    }

    func subscribe(_ client: ModelClient) {
        let topic = random.int(0...topics.count - 1)
        guard client.isOpen, !client.follows(topic) else { return }
        note("\(client.label) subscribes to \(topics[topic].name)")
        lookForQuiet(client.shard)
        client.memberships.append(
            .init(
                topic: topic,
                low: quiet[client.shard][topic],
                high: topics[topic].count,
                firstFrame: client.payloads(topics[topic].name).count
            )
        )
        on(client) { client.session.subscribe(to: topics[topic].reference) }
    }

    func unsubscribe(_ client: ModelClient) {
        guard let index = client.memberships.indices.filter({ client.memberships[$0].lastFrame == nil }).last else {
            return
        }
        let name = topics[client.memberships[index].topic].name
        note("\(client.label) unsubscribes from \(name)")
        on(client) { _ = client.session.unsubscribe(from: name) }
        client.memberships[index].lastFrame = client.payloads(name).count
    }

    func close(_ client: ModelClient) {
        note("\(client.label) closes")
        client.isOpen = false
        on(client) { client.session.close() }
    }

    /// Something changes with the client's connection.
    func disturb(_ client: ModelClient) {
        let transport = client.transport
        transport.isImmediate = random.chance(30)
        switch random.int(0...9) {
        case 0...1: transport.room = 0
        case 2...4: transport.room = random.int(0...3000)
        case 5 where transport.mode != .gone: transport.mode = transport.mode == .queueing ? .direct : .queueing
        case 6 where random.chance(15):
            note("\(client.label) breaks")
            transport.mode = .gone
        case 6 where random.chance(15):
            note("\(client.label) will close while it is written to")
            transport.onWrite = { [unowned self, unowned client] in
                client.transport.mode = .gone
                if client.isOpen { close(client) }
            }
        default:
            transport.room = .max
            on(client) { transport.flush() }
        }
        note("\(client.label) has room for \(transport.room), \(transport.mode), keeps \(transport.kept ?? 0)")
    }

    func send(_ client: ModelClient) {
        let isReply = random.chance(70)
        for _ in 0..<(random.chance(10) ? 150 : 2) where client.isOpen && !(isReply && client.isPaused) {
            let frame = client.nextReply(size: random.chance(3) ? 70_000 : random.int(0...100))
            note("\(client.label) is sent \(client.sentCount - 1), \(isReply ? "a reply" : "not a reply")")
            let hasRoom = on(client) { client.session.send(frame, isReply: isReply) }
            if isReply { client.isPaused = client.isPaused || !hasRoom }
        }
    }

    /// Its program may go on, and does something at once.
    private func resumed(_ client: ModelClient) {
        if !client.isPaused { fail("\(client.label) was told to go on without having paused") }
        client.isPaused = false
        switch random.int(0...5) {
        case 0: unsubscribe(client)
        case 1: subscribe(client)
        case 2: close(client)
        case 3: send(client)
        default: break
        }
    }

    /// It was told that it cannot have everything: that must be true.
    private func ended(_ client: ModelClient, _ reason: SessionEnd) {
        note("\(client.label) is ended: \(reason)")
        client.isOpen = false
        switch reason {
        case .outboxOverflow:
            let waiting = client.waiting
            if waiting.entries <= OutboxLimits().messages, waiting.bytes <= OutboxLimits().bytes {
                fail("\(client.label) was ended with only \(waiting) in its outbox")
            }
        case .unrecoverable: fail("\(client.label) wanted nothing of the past")
        case .disconnected, .unavailable: fail("nobody wanted \(client.label) to be disconnected")
        case .overflow:
            let isJust = client.memberships.contains { membership in
                let topic = topics[membership.topic]
                guard membership.lastFrame == nil, topic.overflow == .disconnect else { return false }
                guard let next = match(client, membership, isComplete: false) else { return true }
                return topic.count - next > topic.window.messages
                    || topic.cost(from: next) > min(topic.window.bytes, share)
            }
            if !isJust { fail("\(client.label) was ended within its window") }
        }
    }
}
