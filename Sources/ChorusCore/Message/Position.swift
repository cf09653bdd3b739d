/// Where a message stands in its topic.
public struct Position: Hashable, Sendable, CustomStringConvertible {
    /// Which life of the topic the offset belongs to; a topic that was lost or recreated has another. None has 0: a
    /// client that comes back with that takes whichever life the topic is in.
    public var epoch: UInt64
    /// The message's number within its topic, from 1, without gaps.
    public var offset: UInt64

    /// Makes a position.
    public init(epoch: UInt64, offset: UInt64) {
        self.epoch = epoch
        self.offset = offset
    }

    /// Reads `EPOCH:OFFSET`; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let epoch = UInt64(parts[0]), let offset = UInt64(parts[1])
        else { return nil }
        self.init(epoch: epoch, offset: offset)
    }

    /// Whether it says something of a life of the topic.
    func isIn(_ epoch: UInt64) -> Bool { self.epoch == epoch || self.epoch == 0 }

    /// `EPOCH:OFFSET`, as in `?since=`.
    public var description: String { "\(epoch):\(offset)" }
}
