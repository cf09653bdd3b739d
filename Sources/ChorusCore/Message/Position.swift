/// Where a message stands in its topic.
public struct Position: Hashable, Sendable, CustomStringConvertible {
    /// Which life of the topic the offset belongs to; a topic that was lost or recreated has another.
    public var epoch: UInt64
    /// The message's number within its topic, from 1, without gaps.
    public var offset: UInt64

    /// Makes a position.
    public init(epoch: UInt64, offset: UInt64) {
        self.epoch = epoch
        self.offset = offset
    }

    /// `EPOCH:OFFSET`, as in `?since=`.
    public var description: String { "\(epoch):\(offset)" }
}
