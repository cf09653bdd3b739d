/// A shard's idea of the past of a topic with history: where its live edge lies there, and what is at hand of it.
final class ShardPast {
    /// The stream that the live edge is in, and its offset there; `nil` until a message or an answer has shown it.
    private(set) var edge: Position? {
        didSet {
            guard edge?.epoch != oldValue?.epoch else { return }
            shelf.clear()
            oldest = 0
        }
    }
    /// After this sequence, up to the live edge, every entry of the log has a position in the edge's stream.
    private var unbroken: UInt64
    /// Where the running pass ends.
    private var target: Position?
    /// Where the topic was at the last answer, and what the shard had delivered when it asked.
    private var head: (position: Position, delivered: UInt64)?
    /// The oldest message that was kept at the last answer; 0 while no answer was of this stream.
    private(set) var oldest: UInt64 = 0
    var shelf = HistoryShelf()
    /// How many subscriptions are not live yet.
    private var recovering = 0
    /// Those of them that have seen more than the shard has delivered.
    private var ahead: [Subscription] = []
    /// What has been asked for and not been answered.
    private var requests: [HistoryShelf.Question: Request] = [:]

    /// Who waits for an answer, and what the shard had delivered when it asked.
    struct Request {
        var waiting: [Subscription] = []
        let delivered: UInt64
    }

    /// - Parameter delivered: what the shard has delivered when it begins.
    init(delivered: UInt64) { unbroken = delivered }

    // MARK: The edge

    /// A pass begins that brings these messages.
    func passBegins(_ segments: Few<TopicLog.Segment>, after delivered: UInt64) {
        target = edge
        for segment in segments {
            var sequence = max(delivered, segment.first - 1)
            for message in segment.messages(after: delivered) {
                sequence += 1
                guard message.offset > 0 else {
                    unbroken = sequence
                    continue
                }
                if edge == nil { edge = Position(epoch: message.epoch, offset: message.offset - 1) }
                if target.map({ $0.epoch != message.epoch }) ?? false { unbroken = sequence - 1 }
                target = Position(epoch: message.epoch, offset: message.offset)
            }
        }
    }

    func passEnds() {
        edge = target ?? edge
        target = nil
    }

    /// The position of an entry of the log that has been delivered, and may be gone; `nil` where it cannot be told.
    func position(of sequence: UInt64, delivered: UInt64) -> Position? {
        guard let edge, sequence >= unbroken, sequence <= delivered else { return nil }
        let distance = delivered - sequence
        return edge.offset >= distance ? Position(epoch: edge.epoch, offset: edge.offset - distance) : nil
    }

    /// How far a subscription has to recover that the running pass has, or has not yet, gone by.
    func edge(isPassed: Bool) -> Position? { isPassed ? target ?? edge : edge }

    /// An answer has shown where the stream is. An answer that is older than what the shard has delivered since says
    /// nothing about the edge, unless that is not known at all.
    ///
    /// - Parameters:
    ///   - next: the position of the first message that the log has beyond the live edge, if there is one.
    ///   - asked: what the shard had delivered when it asked.
    ///   - delivered: what it has delivered now.
    func learn(_ page: HistoryPage, next: Position?, asked: UInt64, delivered: UInt64) {
        head = (page.position, asked)
        let before = edge
        defer { if edge != before { unbroken = max(unbroken, delivered) } }
        if edge == nil, let next {
            edge = Position(epoch: next.epoch, offset: next.offset - 1)
        } else if edge == nil || (next == nil && asked == delivered && edge?.epoch != page.position.epoch) {
            edge = page.position
            if target != nil { target = edge }
        }
        guard edge?.epoch == page.position.epoch else { return }
        oldest = page.first
        shelf.drop(before: oldest)
    }

    /// Whether the topic had come as far as this at the last answer.
    func hasSeen(_ position: Position) -> Bool {
        head.map { position.isIn($0.position.epoch) && position.offset <= $0.position.offset } ?? false
    }

    /// Where the past ends for who comes now: what the broker had at the last answer was published before, though the
    /// shard may not have delivered all of it.
    func end(from edge: Position) -> UInt64 {
        guard let head = head?.position, head.epoch == edge.epoch else { return edge.offset }
        return max(head.offset, edge.offset)
    }

    /// Whether the shard has delivered nothing since it asked for the last answer.
    func isUpToDate(delivered: UInt64) -> Bool { head?.delivered == delivered }

    // MARK: Who is not live yet

    func begins() { recovering += 1 }

    /// A subscription is live, or gone.
    func ends() {
        recovering -= 1
        guard recovering == 0 else { return }
        shelf.clear()
        ahead = []
    }

    /// Notes that a subscription waits until the shard has delivered more.
    func waitForPass(_ subscription: Subscription) { ahead.append(subscription) }

    func takeAhead() -> [Subscription] {
        defer { ahead = [] }
        return ahead
    }

    /// Notes that a subscription waits for an answer. Returns whether this is the first to ask for it.
    func wait(_ subscription: Subscription, for question: HistoryShelf.Question, delivered: UInt64) -> Bool {
        requests[question, default: Request(delivered: delivered)].waiting.append(subscription)
        return requests[question]?.waiting.count == 1
    }

    func answered(_ question: HistoryShelf.Question) -> Request? { requests.removeValue(forKey: question) }
}
