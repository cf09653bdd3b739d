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

    private(set) var sessions: ContiguousArray<Session> = []
    private var items: ContiguousArray<Item> = []
    /// Where the session's items lie in memory, for a write.
    private var bytes: ContiguousArray<UnsafeRawBufferPointer> = []

    var isEmpty: Bool { sessions.isEmpty }

    mutating func append(_ subscription: Subscription, _ segment: EncodedSegment, _ frames: Range<Int>) {
        let session = subscription.session
        let index = Int32(items.count)
        items.append(Item(subscription: subscription, segment: segment, frames: frames))
        if session.lastGathered < 0 {
            session.firstGathered = index
            sessions.append(session)
        } else {
            items[Int(session.lastGathered)].next = index
        }
        session.lastGathered = index
    }

    /// The session's items, in the order in which they were appended.
    func forEachItem(of session: Session, _ body: (Item) -> Void) {
        var index = session.firstGathered
        while index >= 0 {
            let item = items[Int(index)]
            index = item.next
            body(item)
        }
    }

    /// The session's bytes in one write.
    mutating func withBytes<Result>(
        of session: Session,
        _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>, _ size: Int) -> Result
    ) -> Result {
        bytes.removeAll(keepingCapacity: true)
        var size = 0
        var index = session.firstGathered
        while index >= 0 {
            let item = items[Int(index)]
            bytes.append(item.segment.bytes(item.frames))
            size += item.segment.bytes(item.frames).count
            index = item.next
        }
        return bytes.withUnsafeBufferPointer { body($0, size) }
    }

    mutating func clear() {
        for session in sessions {
            session.firstGathered = -1
            session.lastGathered = -1
        }
        sessions.removeAll(keepingCapacity: true)
        items.removeAll(keepingCapacity: true)
    }
}
