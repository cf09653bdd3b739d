import DequeModule

/// What a topic has on its way: a list of segments of messages, each message with a contiguous sequence from 1.
///
/// It is a value: the topic that holds it gives out copies of segments, which share their storage.
struct TopicLog: Sendable {
    /// A run of messages. A segment is full at 64 messages or 32 KiB and is then never changed.
    struct Segment: Sendable {
        /// The sequence of the first message.
        let first: UInt64
        var messages: [Message] = []
        var bytes = 0

        /// The sequence of the last message; `first - 1` while there is none.
        var last: UInt64 { first + UInt64(messages.count) - 1 }
        var isFull: Bool { messages.count >= Segment.maximumMessages || bytes >= Segment.maximumBytes }

        /// The messages whose sequence is above `sequence`.
        func messages(after sequence: UInt64) -> ArraySlice<Message> {
            messages.dropFirst(sequence < first ? 0 : Int(sequence - first) + 1)
        }

        static let maximumMessages = 64
        static let maximumBytes = 32 << 10
    }

    private(set) var segments: Deque<Segment> = []
    /// The sequence of the newest message; 0 before the first.
    private(set) var head: UInt64 = 0
    /// What the messages of all segments cost.
    private(set) var bytes = 0

    /// The lowest sequence that is still here; `head + 1` when nothing is.
    var first: UInt64 { segments.first?.first ?? head + 1 }
    var count: Int { Int(head + 1 - first) }

    mutating func append(_ message: Message) {
        head += 1
        if segments.last?.isFull ?? true { segments.append(Segment(first: head)) }
        let last = segments.count - 1
        segments[last].messages.append(message)
        segments[last].bytes += message.cost
        bytes += message.cost
    }

    /// Counts a message that nobody is there to read.
    mutating func skip() {
        head += 1
        clear()
    }

    mutating func clear() {
        segments.removeAll()
        bytes = 0
    }

    mutating func dropFirst() {
        bytes -= segments.removeFirst().bytes
    }

    /// The segments that hold messages after `sequence`, oldest first, until `limit` bytes are together (at least one).
    func segments(after sequence: UInt64, limit: Int) -> [Segment] {
        guard sequence < head, !segments.isEmpty else { return [] }
        var index = self.index(of: max(sequence + 1, first))
        var found: [Segment] = []
        var bytes = 0
        while index < segments.count, bytes < limit {
            found.append(segments[index])
            bytes += segments[index].bytes
            index += 1
        }
        return found
    }

    /// The segment that holds `sequence`; `nil` if it is gone or not yet here.
    func segment(containing sequence: UInt64) -> Segment? {
        guard sequence >= first, sequence <= head else { return nil }
        return segments[index(of: sequence)]
    }

    /// The index of the segment that holds `sequence`, which must be in `first...head`.
    private func index(of sequence: UInt64) -> Int {
        var low = 0
        var high = segments.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if segments[middle].first <= sequence { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
