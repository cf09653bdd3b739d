/// How far a program has read a topic's past, page by page, before its reader is live.
struct PastReader: Sendable {
    let point: StartingPoint
    /// What has been read; `nil` until it is known where to begin.
    private(set) var position: Position?

    private static let pageCount = 64
    private static let pageBytes = 256 << 10

    init(_ point: StartingPoint) { self.point = point }

    /// The next question to the broker. Before the first, only where the topic is.
    var query: HistoryQuery {
        guard let position else { return HistoryQuery(limit: 0) }
        return HistoryQuery(
            offset: position.offset,
            limit: PastReader.pageCount,
            bytes: PastReader.pageBytes,
            isLatest: point.isLatest
        )
    }

    /// What an answer brings; `nil` when nothing of the past is left to be read. Throws
    /// ``ChorusError/Code/unrecoverablePosition`` when something that is wanted is not kept any more.
    mutating func take(_ page: HistoryPage, topic: String) throws(ChorusError) -> ArraySlice<Message>? {
        guard let position else {
            try begin(page, topic: topic)
            return []
        }
        guard page.position.epoch == position.epoch, point.isLatest || page.first <= position.offset + 1 else {
            throw PastReader.lost(position, topic, page.position)
        }
        guard let last = page.messages.last else {
            // the newest messages are fewer than all
            self.position = page.position
            return nil
        }
        self.position = Position(epoch: position.epoch, offset: last.offset)
        return page.messages[...]
    }

    private mutating func begin(_ page: HistoryPage, topic: String) throws(ChorusError) {
        let head = page.position
        switch point {
        case .now: position = head
        case .latest, .latestSince: position = Position(epoch: head.epoch, offset: point.latestStart(head))
        case .last(let count):
            let wanted = head.offset - min(head.offset, UInt64(max(0, count)))
            position = Position(epoch: head.epoch, offset: max(wanted, page.first - 1))
        case .since(let seen, _):
            guard seen.isIn(head.epoch), seen.offset <= head.offset, page.first <= seen.offset + 1 else {
                throw PastReader.lost(seen, topic, head)
            }
            position = Position(epoch: head.epoch, offset: seen.offset)
        }
    }

    static func lost(_ seen: Position, _ topic: String, _ head: Position) -> ChorusError {
        ChorusError(
            .unrecoverablePosition,
            "what came after \(seen) in \(topic) is not kept any more; it is at \(head)"
        )
    }
}
