/// Where a message stands in its topic; written `EPOCH:OFFSET`.
public struct TopicPosition: Sendable, Hashable, LosslessStringConvertible {
    /// Which life of the topic the offset belongs to.
    public let epoch: UInt64
    /// The message's number within its topic, from 1.
    public let offset: UInt64

    /// Makes a position.
    public init(epoch: UInt64, offset: UInt64) {
        self.epoch = epoch
        self.offset = offset
    }

    /// Reads `EPOCH:OFFSET`; `nil` for anything else.
    public init?(_ description: String) {
        let parts = description.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let epoch = UInt64(parts[0]), let offset = UInt64(parts[1])
        else { return nil }
        self.init(epoch: epoch, offset: offset)
    }

    /// `EPOCH:OFFSET`
    public var description: String { "\(epoch):\(offset)" }
}
