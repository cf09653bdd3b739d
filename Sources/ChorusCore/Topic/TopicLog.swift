import DequeModule

/// What a topic has on its way: a list of segments of messages, each message with a contiguous sequence from 1.
///
/// It is a value: the topic that holds it gives out copies of segments, which share their storage.
package struct TopicLog: Sendable {
    /// A run of messages. A segment is full at 64 messages or 32 KiB and is then never changed.
    package struct Segment: Sendable {
        /// The sequence of the first message.
        package let first: UInt64
        /// What the messages before it have cost, also those that have gone from the log since it was last empty.
        let start: Int
        package var messages: [Message] = []
        package var bytes = 0

        /// The sequence of the last message; `first - 1` while there is none.
        package var last: UInt64 { first + UInt64(messages.count) - 1 }
        package var isFull: Bool { messages.count >= Segment.maximumMessages || bytes >= Segment.maximumBytes }

        /// The messages whose sequence is above `sequence`.
        package func messages(after sequence: UInt64) -> ArraySlice<Message> {
            messages.dropFirst(sequence < first ? 0 : Int(sequence - first) + 1)
        }

        /// Whether there is more than notices above `sequence`.
        func hasPublication(after sequence: UInt64) -> Bool {
            messages(after: sequence).contains { $0.notice == nil }
        }

        package static let maximumMessages = 64
        package static let maximumBytes = 32 << 10
    }

    private(set) var segments: Deque<Segment> = []
    /// The sequence of the newest message; 0 before the first.
    package private(set) var head: UInt64 = 0
    /// Where the costs of the messages end, counted from where those of the first segment begin or began.
    private var end: Int { segments.last.map { $0.start + $0.bytes } ?? 0 }

    package init() {}

    /// The lowest sequence that is still here; `head + 1` when nothing is.
    package var first: UInt64 { segments.first?.first ?? head + 1 }
    package var count: Int { Int(head + 1 - first) }
    /// What the messages of all segments cost.
    package var bytes: Int { segments.first.map { end - $0.start } ?? 0 }

    package mutating func append(_ message: Message) {
        head += 1
        if segments.last?.isFull ?? true { segments.append(Segment(first: head, start: end)) }
        let last = segments.count - 1
        segments[last].messages.append(message)
        segments[last].bytes += message.cost
    }

    /// Counts a message that nobody is there to read.
    package mutating func skip() {
        head += 1
        clear()
    }

    package mutating func clear() { segments.removeAll() }

    package mutating func dropFirst() { segments.removeFirst() }

    /// What the messages after `sequence` cost, as far as they are still here.
    package func bytes(after sequence: UInt64) -> Int {
        guard sequence < head, !segments.isEmpty else { return 0 }
        guard sequence >= first else { return bytes }
        let segment = segments[index(of: sequence + 1)]
        let rest = segment.messages(after: sequence).reduce(0) { $0 + $1.cost }
        return end - segment.start - segment.bytes + rest
    }

    /// The segments that hold messages after `sequence`, oldest first, until `limit` bytes are together (at least one).
    package func segments(after sequence: UInt64, limit: Int) -> Few<Segment> {
        var found = Few<Segment>()
        guard sequence < head, !segments.isEmpty else { return found }
        var index = self.index(of: max(sequence + 1, first))
        var bytes = 0
        while index < segments.count, bytes < limit {
            found.append(segments[index])
            bytes += segments[index].bytes
            index += 1
        }
        return found
    }

    /// The segment that holds `sequence`; `nil` if it is gone or not yet here.
    package func segment(containing sequence: UInt64) -> Segment? {
        guard sequence >= first, sequence <= head else { return nil }
        return segments[index(of: sequence)]
    }

    /// The index of the segment that holds `sequence`, which must be in `first...head`.
    private func index(of sequence: UInt64) -> Int {
        segments.segment(holding: sequence, first: \.first)
    }
}
