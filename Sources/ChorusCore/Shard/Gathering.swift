/// What sessions are to be written at the end of a turn, in one write each: those that follow several topics, and those
/// that are not to receive everything. One list for all, in which each session's items are linked.
struct Gathering {
    /// Frames of one segment for one subscription.
    struct Item {
        let subscription: Subscription
        let segment: EncodedSegment
        let frames: Range<Int>
        /// The session's next item; -1 after its last.
        fileprivate(set) var next: Int32 = -1
    }

    /// A session, and where its items begin and end.
    struct Chain {
        let session: Session
        fileprivate let first: Int32
        fileprivate var last: Int32
    }

    private(set) var chains: ContiguousArray<Chain> = []
    private var items: ContiguousArray<Item> = []
    /// Where the items of one session lie in memory, for a write.
    private var bytes: ContiguousArray<UnsafeRawBufferPointer> = []

    var isEmpty: Bool { chains.isEmpty }

    mutating func append(_ subscription: Subscription, _ segment: EncodedSegment, _ frames: Range<Int>) {
        let session = subscription.session
        let index = Int32(items.count)
        items.append(Item(subscription: subscription, segment: segment, frames: frames))
        if session.gatheredPlace < 0 {
            session.gatheredPlace = Int32(chains.count)
            chains.append(Chain(session: session, first: index, last: index))
        } else {
            let place = Int(session.gatheredPlace)
            items[Int(chains[place].last)].next = index
            chains[place].last = index
        }
    }

    /// The session's items, in the order in which they were appended.
    func forEachItem(of chain: Chain, _ body: (Item) -> Void) {
        var index = chain.first
        while index >= 0 {
            let item = items[Int(index)]
            index = item.next
            body(item)
        }
    }

    /// The session's bytes in one write, and how many frames have some.
    mutating func withBytes<Result>(
        of chain: Chain,
        _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>, _ size: Int, _ count: Int) -> Result
    ) -> Result {
        bytes.removeAll(keepingCapacity: true)
        var (size, count) = (0, 0)
        items.withUnsafeBufferPointer { items in
            var index = Int(chain.first)
            while index >= 0 {
                let piece = items[index].segment.bytes(items[index].frames)
                bytes.append(piece)
                size += piece.count
                count += items[index].segment.count(items[index].frames)
                index = Int(items[index].next)
            }
        }
        return bytes.withUnsafeBufferPointer { body($0, size, count) }
    }

    mutating func clear() {
        for chain in chains { chain.session.gatheredPlace = -1 }
        chains.removeAll(keepingCapacity: true)
        items.removeAll(keepingCapacity: true)
    }
}
