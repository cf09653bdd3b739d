/// The pages of a topic's history that a shard has at hand while somebody recovers: read once, and encoded once, for
/// all who need them.
struct HistoryShelf {
    /// A run of kept messages.
    final class Page {
        /// The offset before the first message that was asked for.
        let start: UInt64
        private let messages: [Message]
        /// The offset of the first message, or of the first that there could be: what is before it is gone.
        let first: UInt64
        let last: UInt64
        let bytes: Int
        /// It ends before the topic did when it was read, because it has grown large.
        let isCut: Bool
        /// It has the newest messages of keys, and not all messages.
        let isLatest: Bool
        /// Where the topic was when it was read.
        fileprivate let head: UInt64
        let epoch: UInt64
        /// By encoding.
        private var encoded: [EncodedSegment?] = []

        init(start: UInt64, isLatest: Bool = false, _ content: HistoryPage) {
            self.start = start
            self.isLatest = isLatest
            head = content.position.offset
            epoch = content.position.epoch
            messages = content.messages
            first = content.messages.first?.offset ?? max(start + 1, content.first)
            last = content.messages.last?.offset ?? (isLatest ? content.position.offset : start)
            bytes = content.messages.reduce(0) { $0 + $1.cost }
            isCut = last < min(content.position.offset, start + HistoryShelf.pageCount)
        }

        /// Whether it has the message after an offset, or shows that it is gone.
        func covers(_ offset: UInt64) -> Bool {
            isLatest
                // one that was read when there was nothing brings nothing
                ? start == offset && offset < last
                : start <= offset && (offset < last || (offset + 1 < first && start + 1 < first))
        }

        func frames(_ encoding: ShardEncoding, topic: String) -> EncodedSegment {
            while encoded.count <= encoding.index { encoded.append(nil) }
            if let known = encoded[encoding.index] { return known }
            let new = isLatest ? EncodedSegment(sparse: first) : EncodedSegment(first: first)
            for message in messages { encoding.append(message, sequence: message.offset, topic: topic, to: new) }
            encoded[encoding.index] = new
            return new
        }
    }

    /// What is asked of the broker.
    enum Question: Hashable {
        /// Where the topic is.
        case position
        /// The messages after an offset.
        case page(after: UInt64)
        /// The newest messages of keys after an offset.
        case latest(after: UInt64)

        var query: HistoryQuery {
            let (start, limit, isLatest): (UInt64, UInt64, Bool) =
                switch self {
                case .position: (0, 0, false)
                case .page(let start): (start, HistoryShelf.pageCount, false)
                case .latest(let start): (start, HistoryShelf.pageCount, true)
                }
            return HistoryQuery(
                offset: start,
                limit: Int(limit),
                bytes: HistoryShelf.pageBytes,
                isLatest: isLatest
            )
        }

        /// The page that the answer is.
        func page(_ content: HistoryPage) -> Page? {
            switch self {
            case .position: nil
            case .page(let start): Page(start: start, content)
            case .latest(let start): Page(start: start, isLatest: true, content)
            }
        }
    }

    /// The most messages and bytes of a page.
    static let pageCount: UInt64 = 64
    static let pageBytes = 256 << 10
    /// How many bytes of messages are kept at hand, and in how many pages.
    private static let limit = 1 << 20
    private static let mostPages = 64

    /// The one that was used last comes last.
    private var pages: [Page] = []

    /// The page that has the message `offset`, or shows that it is gone.
    mutating func page(for offset: UInt64) -> Page? {
        let found = pages.lastIndex { !$0.isLatest && $0.covers(offset - 1) }
        return found.map { take($0) }
    }

    /// The one that has the newest messages after `offset`, if not much has come since it was read.
    mutating func latest(after offset: UInt64, edge: UInt64) -> Page? {
        let found = pages.lastIndex { page in
            page.isLatest && page.covers(offset) && page.head + HistoryShelf.pageCount >= edge
        }
        return found.map { take($0) }
    }

    private mutating func take(_ index: Int) -> Page {
        let page = pages.remove(at: index)
        pages.append(page)
        return page
    }

    /// Where a page that has the message `offset` is to be read from: aligned, so that all ask for the same pages,
    /// unless that page was cut before it.
    func start(for offset: UInt64) -> UInt64 {
        let aligned = (offset - 1) / HistoryShelf.pageCount * HistoryShelf.pageCount
        return pages.contains { !$0.isLatest && $0.start == aligned && $0.isCut } ? offset - 1 : aligned
    }

    /// Puts what was read at hand.
    mutating func add(_ page: Page) {
        pages.removeAll { $0.start == page.start && $0.isLatest == page.isLatest }
        pages.append(page)
        var bytes = pages.reduce(0) { $0 + $1.bytes }
        while bytes > HistoryShelf.limit || pages.count > HistoryShelf.mostPages, pages.count > 1 {
            bytes -= pages.removeFirst().bytes
        }
    }

    /// Lets go of what is not kept any more.
    mutating func drop(before oldest: UInt64) { pages.removeAll { !$0.isLatest && $0.last < oldest } }

    mutating func clear() { pages = [] }
}
