import ChorusCore
import NIOCore

extension Model {
    /// Every client reads again, and every shard runs, until nothing is left to do.
    func settle() {
        note("all clients read")
        for client in clients where client.isOpen && client.transport.mode == .gone { close(client) }
        for client in clients where client.isOpen {
            client.transport.room = .max
            client.transport.onWrite = nil
        }
        for _ in 0..<1000 {
            for (shard, executor) in executors.enumerated() where !executor.runUntilIdle() {
                return fail("shard \(shard) does not come to rest")
            }
            let busy = clients.filter { $0.isOpen && $0.transport.kept != nil }
            if busy.isEmpty, executors.allSatisfy(\.isIdle) { return }
            for client in busy { on(client) { client.transport.flush() } }
        }
        fail("it does not come to rest")
    }

    func checkAtRest() {
        for client in clients {
            for membership in client.memberships { check(client, membership) }
            checkOutbox(client)
            for violation in client.transport.violations { fail("\(client.label) was \(violation)") }
            guard client.isOpen else { continue }
            if !on(client, { client.session.hasEverything }) { fail("\(client.label) has not got everything") }
            if client.isPaused { fail("\(client.label) was not told to go on") }
        }
        // a client that broke is not open; nobody is behind
        let most = topics.reduce(0) { $0 + $1.largestSegment }
        if hub.keptBytes > most { fail("\(hub.keptBytes) bytes are kept, and the newest segments have \(most)") }
    }

    private func check(_ client: ModelClient, _ membership: ModelClient.Membership) {
        let topic = topics[membership.topic]
        let isComplete = client.isOpen && membership.lastFrame == nil
        let isRight =
            topic.overflow == .latest
            ? hasNewest(client, membership, isComplete: isComplete)
            : match(client, membership, isComplete: isComplete) != nil
        guard !isRight else { return }
        let frames = frames(client, membership).map { $0.getInteger(at: $0.readerIndex, as: UInt32.self) ?? 0 }
        fail("\(client.label) has not what it should of \(topic.name) (\(topic.count)): \(membership) \(frames)")
    }

    private func frames(_ client: ModelClient, _ membership: ModelClient.Membership) -> ArraySlice<ByteBuffer> {
        let all = client.payloads(topics[membership.topic].name)
        return all[membership.firstFrame..<(membership.lastFrame ?? all.count)]
    }

    /// The number of the message that comes after those that a client received, if they are contiguous from where it
    /// joined; and if nothing comes after them, where they are to be complete.
    func match(_ client: ModelClient, _ membership: ModelClient.Membership, isComplete: Bool) -> Int? {
        let published = topics[membership.topic].published
        let frames = frames(client, membership)
        search: for start in membership.low...membership.high {
            var next = start
            for frame in frames {
                while next < published.count, !client.isFor(published[next]) { next += 1 }
                guard next < published.count, published[next].payload == frame else { continue search }
                next += 1
            }
            if isComplete, published[next...].contains(where: client.isFor) { continue }
            return next
        }
        return nil
    }

    /// With ``OverflowPolicy/latest``: in order, nothing twice, and at rest the newest message of every key.
    private func hasNewest(_ client: ModelClient, _ membership: ModelClient.Membership, isComplete: Bool) -> Bool {
        let published = topics[membership.topic].published
        var last = membership.low - 1
        var received: Set<Int> = []
        for frame in frames(client, membership) {
            guard let word = frame.getInteger(at: frame.readerIndex, as: UInt32.self) else { return false }
            let number = Int(word)
            guard number > last, number < published.count, published[number].payload == frame,
                client.isFor(published[number])
            else { return false }
            last = number
            received.insert(number)
        }
        guard isComplete else { return true }
        var keys: Set<String?> = []
        for number in published.indices[membership.high...].reversed() where keys.insert(published[number].key).inserted
        {
            if client.isFor(published[number]), !received.contains(number) { return false }
        }
        return true
    }

    private func checkOutbox(_ client: ModelClient) {
        let numbers = client.payloads(ModelClient.outbox).map {
            Int($0.getInteger(at: $0.readerIndex, as: UInt32.self) ?? .max)
        }
        if numbers != Array(0..<numbers.count) { fail("\(client.label) has replies out of order: \(numbers)") }
        if client.isOpen, numbers.count != client.sentCount {
            fail("\(client.label) has \(numbers.count) of \(client.sentCount) replies")
        }
    }

    func closeAll() {
        note("all clients close")
        for client in clients where client.isOpen {
            if random.chance(50) { unsubscribe(client) }
            close(client)
        }
        for executor in executors { executor.runUntilIdle() }
    }

    func checkEmpty() {
        if hub.keptBytes != 0 { fail("\(hub.keptBytes) bytes are kept for nobody") }
        if hub.topicCount != 0 { fail("\(hub.topicCount) topics are followed by nobody") }
        if hub.sessionCount != 0 { fail("\(hub.sessionCount) sessions are open") }
    }
}
