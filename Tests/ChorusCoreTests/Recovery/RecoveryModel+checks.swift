import ChorusCore
import NIOCore

extension RecoveryModel {
    /// A client that was told that it cannot go on: that must be true.
    func ended(_ client: Client, _ end: SessionEnd) {
        note("client \(client.number) is ended: \(end)")
        client.isOpen = false
        switch end {
        case .unrecoverable(let position):
            if client.hearsNotices { fail("client \(client.number) was ended though it can be told") }
            client.transport.readBackWhole()
            // or it was another topic that the client follows too
            guard position.flatMap({ epochs[$0.epoch]?.topic }) == client.topic else { return }
            checkLoss(client, received: numbers(client).last)
        case .overflow(let position): overflowed(client, position)
        case .outboxOverflow, .disconnected, .unavailable: fail("client \(client.number) was ended: \(end)")
        }
    }

    /// A client that was too slow, of whichever of its topics. If it is told from where it can go on, that must be
    /// after the last message that it has.
    private func overflowed(_ client: Client, _ position: Position?) {
        client.transport.readBackWhole()
        overflows += 1
        guard let position, epochs[position.epoch]?.topic == client.topic else { return }
        let last = numbers(client).last
        let seen = published[client.topic].last { $0.number <= last ?? -1 && $0.position != nil }?.position
        guard let seen else { return }
        if seen != position { fail("client \(client.number) has \(seen), and is told to go on from \(position)") }
        if !names[client.topic].hasPrefix("narrow"), !isResync(client) {
            fail("client \(client.number) left no window")
        }
    }

    func numbers(_ client: Client) -> [Int] {
        client.transport.frames.filter { $0.topic == names[client.topic] }.map {
            Int($0.payload.getInteger(at: $0.payload.readerIndex, as: UInt32.self) ?? .max)
        }
    }

    /// What came after the last message that a client has, or said that it has, must be gone.
    func checkLoss(_ client: Client, received last: Int?) {
        let entries = published[client.topic]
        let seen: Position?
        if let last = entries.last(where: { $0.number <= last ?? -1 && $0.position != nil })?.position {
            seen = last
        } else if case .since(let position, _) = client.point {
            seen = position
        } else {
            seen = nil
        }
        guard let seen else { return }
        let positions = entries.compactMap(\.position)
        let epoch = positions.last?.epoch
        let kept = RecoveryModel.kept[String(names[client.topic].split(separator: ":")[0])] ?? 0
        let head = positions.last?.offset ?? 0
        // what was yet to come when it was asked for may be there by now
        let isAhead = seen.epoch != client.arrival.epoch || seen.offset > client.arrival.offset
        let isGone = seen.epoch != epoch || isAhead || seen.offset + UInt64(kept) < head
        // a stream that was lost, and not published to since, shows in the broker only
        let isRemoved = test.position(of: names[client.topic]).epoch != epoch
        if !isGone, !isRemoved { fail("client \(client.number) lost \(seen), which is there (\(head), \(kept) kept)") }
    }

    /// A client is told where the past ends: behind where it begins, and where the topic has been. Who wants the last
    /// messages behind a gap gets some, if any are kept.
    func checkEdge(_ client: Client, _ start: SubscriptionStart) {
        let (position, edge): (Position?, UInt64?) =
            switch start {
            case .live, .latest: (nil, nil)
            case .recovering(let position, let edge): (position, edge)
            case .gap(let position, let edge): (position, edge)
            }
        guard let position, let edge else { return }
        let head =
            published[client.topic].compactMap(\.position).filter { $0.epoch == position.epoch }.last?.offset ?? 0
        guard position.offset <= edge, edge <= head else {
            return fail("client \(client.number) was told \(start), and the topic is at \(head)")
        }
        let wantsLast = if case .since(_, let count) = client.point { count > 0 } else { false }
        guard case .gap = start, edge > 0, !isResync(client) else { return }
        let kept = UInt64(RecoveryModel.kept[String(names[client.topic].split(separator: ":")[0])] ?? 0)
        let isThere = head < edge + kept && test.position(of: names[client.topic]).epoch == position.epoch
        if wantsLast, edge == position.offset, isThere {
            fail("client \(client.number) was told \(start), and there is more: \(head)")
        }
    }

    /// Frames, in order, nothing twice; and between what it was told, everything that has a position.
    func check(_ client: Client) {
        let transport = client.transport
        transport.readBackWhole()
        for violation in transport.violations { fail("client \(client.number) was \(violation)") }
        let all = numbers(client)
        for (before, after) in zip(all, all.dropFirst()) where before >= after {
            return fail("client \(client.number) has \(after) after \(before): \(all)")
        }
        guard all.allSatisfy({ $0 < published[client.topic].count }) else {
            return fail("client \(client.number) has what was never published: \(all)")
        }
        if client.point == .now {
            if client.told.contains(where: { $0.start != .live }), !isResync(client) {
                fail("client \(client.number) was told something of the past")
            }
        } else if client.isOpen, client.told.isEmpty {
            return fail("client \(client.number) was told nothing")
        }
        var cuts = client.told.map(\.frames)
        cuts.append(all.count)
        for (index, notice) in client.told.enumerated() {
            let part = Array(all[notice.frames..<cuts[index + 1]])
            let isLast = index == client.told.count - 1
            checkPart(client, part, notice.start, isComplete: isLast && client.isOpen)
        }
        if client.point == .latest { checkNewest(client, all) }
        if let first = client.told.first, first.frames > 0, client.point != .now {
            fail("client \(client.number) had frames before the news")
        }
    }

    /// Who began with the newest has the newest message of every key that is kept, as soon as it has caught up.
    private func checkNewest(_ client: Client, _ received: [Int]) {
        guard client.isOpen, client.told.last.map({ if case .latest = $0.start { true } else { false } }) ?? false
        else {
            return
        }
        // those of a stream that was lost are gone
        let epoch = test.position(of: names[client.topic]).epoch
        var newest: [String: Entry] = [:]
        for entry in published[client.topic] where entry.position?.epoch == epoch { newest[entry.key ?? ""] = entry }
        let kept = newest.values.sorted { $0.number < $1.number }.suffix(RecoveryModel.keys.kept)
        let missing = kept.map(\.number).filter { !received.contains($0) }
        if !missing.isEmpty {
            fail("client \(client.number) has not got the newest \(missing), but \(received.suffix(100))")
        }
    }

    private func checkPart(_ client: Client, _ part: [Int], _ start: SubscriptionStart, isComplete: Bool) {
        let entries = published[client.topic].filter { $0.position != nil }
        let received = part.filter { number in published[client.topic][number].position != nil }
        let first: Int
        switch start {
        case .latest:
            if client.point != .latest { fail("client \(client.number) did not want the newest") }
            return
        case .live:
            if client.point != .now { fail("client \(client.number) did not want to begin now") }
            return
        case .gap(let position, _):
            first = index(after: position, in: entries)
        case .recovering(let position, _):
            if case .since(let seen, _) = client.point, seen != position {
                return fail("client \(client.number) wanted \(seen) and was promised \(position)")
            }
            first = index(after: position, in: entries)
        }
        let expected = entries[min(first, entries.count)...].map(\.number)
        guard expected.starts(with: received), !isComplete || received.count == expected.count else {
            return fail(
                "client \(client.number) of \(names[client.topic]) from \(client.point), \(start): got \(received.prefix(20)) (\(received.count)), "
                    + "expected \(expected.prefix(20)) (\(expected.count))\(isComplete ? "" : " or a beginning of that")"
            )
        }
    }

    /// Where in the entries that have positions the first one after a position is.
    private func index(after position: Position?, in entries: [Entry]) -> Int {
        guard let position else { return entries.count }
        if let index = entries.firstIndex(where: { $0.position == position }) { return index + 1 }
        // before the first of its epoch, of which there may never be one
        guard let start = epochs[position.epoch]?.start else { return entries.count }
        return entries.firstIndex { $0.number >= start } ?? entries.count
    }
}
