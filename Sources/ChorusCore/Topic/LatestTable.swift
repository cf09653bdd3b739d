import DequeModule
import NIOCore

/// What a topic with ``OverflowPolicy/latest`` has for those who are behind.
struct NewestValues: Sendable {
    var table = LatestTable()
    /// The sequence of the newest notice, which they are not given.
    var lastNotice: UInt64 = 0
}

/// The newest message of every key, in the order in which they were published. Messages without a key share one entry.
struct LatestTable: Sendable {
    /// A newest message, under the number that its log or stream gives it.
    struct Entry: Sendable {
        let number: UInt64
        let message: Message
        let arrival: NIODeadline
    }

    private var entries: [String?: Entry] = [:]
    /// The numbers of all entries, in order, and of some that newer ones have replaced.
    private var order: Deque<(number: UInt64, key: String?)> = []
    /// The highest number of a message that had to go though there was none newer of its key, because there were too
    /// many keys.
    private(set) var lost: UInt64 = 0
    /// About what it costs.
    private(set) var cost = 0

    private static let overhead = 256

    var isEmpty: Bool { entries.isEmpty }

    /// Takes in a message that is newer than all before.
    mutating func record(_ message: Message, number: UInt64, now: NIODeadline, _ bounds: Latest, most: Int = .max) {
        let key = message.key
        let entry = Entry(number: number, message: message.detached, arrival: now)
        if let old = entries.updateValue(entry, forKey: key) { cost -= LatestTable.cost(of: old.message) }
        cost += LatestTable.cost(of: message)
        order.append((number, key))
        trim(now: now, bounds, most: most)
        if order.count > 2 * entries.count + 64 { order = order.filter { isCurrent($0) } }
    }

    /// Lets go of what is too old or too much.
    ///
    /// - Parameter most: the most bytes, if the bounds allow more.
    mutating func trim(now: NIODeadline, _ bounds: Latest, most: Int = .max) {
        let limit = min(bounds.bytes, most)
        let oldest = bounds.age.map { now - $0 }
        while let first = order.first {
            if isCurrent(first) {
                let isOld = oldest.map { entries[first.key].map(\.arrival) ?? now < $0 } ?? false
                let isTooMuch = entries.count > bounds.keys || (cost > limit && entries.count > 1)
                guard isOld || isTooMuch else { return }
                if !isOld { lost = first.number }
                if let gone = entries.removeValue(forKey: first.key) { cost -= LatestTable.cost(of: gone.message) }
            }
            order.removeFirst()
        }
    }

    /// The newest messages whose number is above `number`, in their order, until there are `limit`, or `bytes` of
    /// payloads (at least one).
    func messages(after number: UInt64, limit: Int = .max, bytes: Int = .max) -> [Entry] {
        var found: [Entry] = []
        var size = 0
        var index = order.partitioningIndex { $0.number > number }
        while index < order.count, found.count < limit {
            if let entry = entries[order[index].key], entry.number == order[index].number {
                size += entry.message.payload.readableBytes
                if size > bytes, !found.isEmpty { break }
                found.append(entry)
            }
            index += 1
        }
        return found
    }

    private func isCurrent(_ item: (number: UInt64, key: String?)) -> Bool {
        entries[item.key]?.number == item.number
    }

    private static func cost(of message: Message) -> Int {
        overhead + message.payload.readableBytes + message.labelCost
    }
}

extension Message {
    /// The message with a payload of its own, if the one that it has is a small part of what was read from a socket.
    fileprivate var detached: Message {
        guard payload.storageCapacity > 2 * payload.readableBytes + 256 else { return self }
        var message = self
        message.payload = ByteBuffer(bytes: payload.readableBytesView)
        return message
    }
}
