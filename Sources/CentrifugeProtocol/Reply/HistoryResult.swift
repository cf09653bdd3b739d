/// A part of a channel's past, and where its stream is now.
public struct HistoryResult: Hashable, Sendable {
    /// In the order that was asked for.
    public var publications: [Publication]
    /// The stream.
    public var epoch: String
    /// Its newest publication; 0 if there was none yet.
    public var offset: UInt64

    /// A result with these fields, which are all sent.
    public init(publications: [Publication], epoch: String, offset: UInt64) {
        self.publications = publications
        self.epoch = epoch
        self.offset = offset
    }
}
