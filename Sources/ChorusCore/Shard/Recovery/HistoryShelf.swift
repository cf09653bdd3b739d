/// The pages of a topic's history that a shard has at hand while somebody recovers: read once, and encoded once, for all
/// who need them.
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
        /// Somebody has asked for it and has not come for it yet.
        fileprivate var isAwaited = true
        /// By encoding.
        private var encoded: [EncodedSegment?] = []

        init(start: UInt64, _ content: HistoryPage) {
            self.start = start
            messages = content.messages
            first = content.messages.first?.offset ?? max(start + 1, content.first)
            last = content.messages.last?.offset ?? start
            bytes = content.messages.reduce(0) { $0 + $1.cost }
            isCut = last < min(content.position.offset, start + HistoryShelf.pageCount)
        }

        func frames(_ encoding: ShardEncoding, topic: String) -> EncodedSegment {
            while encoded.count <= encoding.index { encoded.append(nil) }
            if let known = encoded[encoding.index] { return known }
            let new = EncodedSegment(first: first)
            for message in messages { encoding.append(message, sequence: message.offset, topic: topic, to: new) }
            encoded[encoding.index] = new
            return new
        }
    }

    /// The most messages and bytes of a page.
    static let pageCount: UInt64 = 64
    static let pageBytes = 256 << 10
    /// How many bytes of messages are kept at hand, besides those that somebody waits for.
    private static let limit = 1 << 20

    /// The one that was used last comes last.
    private var pages: [Page] = []

    /// The page that has the message `offset`, or shows that it is gone.
    mutating func page(for offset: UInt64) -> Page? {
        let found = pages.lastIndex { page in
            page.start < offset && (offset <= page.last || (offset < page.first && page.start + 1 < page.first))
        }
        guard let found else { return nil }
        let page = pages.remove(at: found)
        page.isAwaited = false
        pages.append(page)
        return page
    }

    /// Where a page that has the message `offset` is to be read from: aligned, so that all ask for the same pages, unless
    /// that page was cut before it.
    func start(for offset: UInt64) -> UInt64 {
        let aligned = (offset - 1) / HistoryShelf.pageCount * HistoryShelf.pageCount
        return pages.contains { $0.start == aligned && $0.isCut } ? offset - 1 : aligned
    }

    /// Puts what was read at hand.
    mutating func add(_ page: Page) {
        pages.removeAll { $0.start == page.start }
        pages.append(page)
        var bytes = pages.reduce(0) { $0 + $1.bytes }
        while bytes > HistoryShelf.limit, let index = pages.firstIndex(where: { !$0.isAwaited }) {
            bytes -= pages.remove(at: index).bytes
        }
    }

    /// Lets go of what is not kept any more.
    mutating func drop(before oldest: UInt64) { pages.removeAll { $0.last < oldest } }

    mutating func clear() { pages = [] }
}
