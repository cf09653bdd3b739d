/// A place in a channel's stream.
public struct StreamPosition: Hashable, Sendable {
    /// The number of a publication, from 1; 0 is before the first.
    public var offset: UInt64
    /// The stream that the number belongs to: another one when the stream was lost or made anew.
    public var epoch: String

    /// A place behind the publication `offset` of the stream `epoch`.
    public init(offset: UInt64 = 0, epoch: String = "") {
        self.offset = offset
        self.epoch = epoch
    }
}
