import DequeModule
import NIOCore

/// What a ``MemoryBroker`` knows of one topic: its epoch and newest offset, the messages that it keeps, and what
/// publishers have said to be recognised by.
struct MemoryStream: Sendable {
    let epoch: UInt64
    /// The offset of the newest message; 0 before the first.
    private var head: UInt64 = 0
    /// The offset of the oldest message that is given out.
    private var first: UInt64 = 1
    /// The payloads, keys and tags of what is given out.
    private var bytes = 0
    /// What all segments cost.
    private var stored = 0
    private var segments: Deque<HistorySegment> = []
    private var latest = LatestTable()
    private var repeats = RepeatTable()
    private var version: PublishOptions.Version?
    private(set) var lastUse: NIODeadline
    private var history: History?

    init(now: NIODeadline) {
        // so small that it is exact as a JSON number everywhere
        self.epoch = .random(in: 1..<1 << 48)
        self.lastUse = now
    }

    var position: Position { Position(epoch: epoch, offset: head) }

    /// About what it costs.
    var cost: Int { MemoryStream.overhead + stored + latest.cost + repeats.cost }

    private static let overhead = 400

    /// Whether it keeps anything that somebody could want: messages, or what publishers are recognised by.
    var isEmpty: Bool { first > head && latest.isEmpty && repeats.isEmpty }

    /// It is used.
    mutating func used<Result>(
        at now: NIODeadline,
        _ history: History?,
        _ body: (inout MemoryStream, NIODeadline) -> Result
    ) -> Result {
        self.history = history ?? self.history
        lastUse = now
        return body(&self, now)
    }

    /// Lets go of what is too old, or more than `most` bytes.
    mutating func trim(now: NIODeadline, most: Int) {
        repeats.trim(now: now)
        guard let history else { return }
        trim(history, now: now, most: most)
        if let bounds = history.latest { latest.trim(now: now, bounds, most: most) }
    }

    // MARK: Publishers

    /// Why a publication is not published: there was one that stands for it, with this position.
    struct Suppression {
        let position: Position?
    }

    /// Whether a publication is a repeat, or older than what was published; notes its version if it is not.
    mutating func suppression(of options: PublishOptions, now: NIODeadline) -> Suppression? {
        if let key = options.idempotencyKey, let known = repeats.find(key, now: now) { return known }
        guard let new = options.version else { return nil }
        if let version, version.epoch == new.epoch, new.number <= version.number {
            return Suppression(position: head > 0 ? position : nil)
        }
        version = new
        return nil
    }

    mutating func remember(_ key: String, _ position: Position?, now: NIODeadline) {
        repeats.insert(key, position, now: now)
    }

    // MARK: Messages

    /// Gives a message its position and keeps it, as the newest of its key too.
    mutating func append(_ message: inout Message, _ history: History, now: NIODeadline, most: Int) {
        head += 1
        message.epoch = epoch
        message.offset = head
        if let bounds = history.latest { latest.record(message, number: head, now: now, bounds, most: most) }
        guard history.count > 0 else {
            first = head + 1
            return
        }
        if segments.last?.isFull ?? true { segments.append(HistorySegment(first: head)) }
        let before = segments[segments.count - 1].isEmpty ? 0 : segments[segments.count - 1].cost
        segments[segments.count - 1].append(message, at: now)
        stored += segments[segments.count - 1].cost - before
        bytes += message.payload.readableBytes + message.labelBytes
        trim(history, now: now, most: most)
    }

    /// Lets go of what the bounds want: message by message in what is given out, segment by segment in memory.
    private mutating func trim(_ history: History, now: NIODeadline, most: Int) {
        let count = UInt64(max(0, history.count))
        let oldest = history.age.map { now - $0 }
        let limit = max(0, min(history.bytes, most))
        while first <= head, let segment = segments.first {
            let isOld = oldest.map { segment.arrival(of: first) < $0 } ?? false
            guard isOld || head + 1 - first > count || (bytes > limit && first < head) else { break }
            bytes -= segment.size(of: first)
            first += 1
            guard segment.last < first else { continue }
            stored -= segment.cost
            segments.removeFirst()
        }
    }

    /// Lets go of all messages. Where the stream is stays, and what publishers are recognised by.
    mutating func clear() {
        segments = []
        latest = LatestTable()
        stored = 0
        bytes = 0
        first = head + 1
    }

    /// What a query asks for, still packed.
    struct Selection: Sendable {
        fileprivate(set) var page: HistoryPage
        /// In the order that was asked for.
        fileprivate var runs: [(segment: HistorySegment, first: UInt64, last: UInt64)] = []

        /// Unpacks it; for that no lock is needed.
        func unpacked() -> HistoryPage {
            var page = page
            for run in runs {
                let offsets = stride(from: run.first, through: run.last, by: run.first <= run.last ? 1 : -1)
                for offset in offsets { page.messages.append(run.segment.message(offset, epoch: page.position.epoch)) }
            }
            return page
        }
    }

    mutating func select(_ query: HistoryQuery, keeping history: History, now: NIODeadline) -> Selection {
        trim(history, now: now, most: .max)
        if query.isLatest { return Selection(page: latestPage(query, keeping: history, now: now)) }
        var selection = Selection(page: HistoryPage(position: position, first: first, messages: []))
        let from = query.offset ?? (query.isReverse ? head + 1 : 0)
        guard first <= head, query.isReverse ? from > first : from < head else { return selection }
        var next = query.isReverse ? min(head, from - 1) : max(first, from + 1)
        var count = 0
        var bytes = 0
        while next >= first, next <= head, count < query.limit {
            let segment = segments[index(of: next)]
            bytes += segment.size(of: next)
            if bytes > query.bytes, count > 0 { break }
            count += 1
            if let last = selection.runs.indices.last, selection.runs[last].segment.first == segment.first {
                selection.runs[last].last = next
            } else {
                selection.runs.append((segment, next, next))
            }
            next = query.isReverse ? next - 1 : next + 1
        }
        return selection
    }

    private mutating func latestPage(_ query: HistoryQuery, keeping history: History, now: NIODeadline) -> HistoryPage {
        if let bounds = history.latest { latest.trim(now: now, bounds) }
        let found = latest.messages(after: query.offset ?? 0, limit: query.limit, bytes: query.bytes)
        return HistoryPage(position: position, first: first, messages: found.map(\.message))
    }

    /// The index of the segment that holds `offset`, which must be kept.
    private func index(of offset: UInt64) -> Int {
        segments.segment(holding: offset, first: \.first)
    }
}
