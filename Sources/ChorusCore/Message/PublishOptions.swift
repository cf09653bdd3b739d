/// What is to be done with a message besides delivering it.
public struct PublishOptions: Hashable, Sendable {
    /// A repeat with the same key within five minutes, in the same topic, is not published: it gets the position of the
    /// first. The broker in memory remembers some 300,000 keys of a topic at most. For publishers that try again when they got no answer.
    public var idempotencyKey: String?
    /// A message whose version is not newer than the newest of its topic is not published. For publishers that may
    /// overtake each other.
    public var version: Version?
    /// The message is delivered and not kept: it has no offset, and nobody recovers it. Default no.
    public var skipsHistory: Bool

    /// A number that grows with what is published.
    public struct Version: Hashable, Sendable {
        /// Published only if it is higher than the highest of this epoch.
        public var number: UInt64
        /// Numbers are compared within an epoch; a message of another epoch is always published. Default empty.
        public var epoch: String

        /// Makes a version.
        public init(_ number: UInt64, epoch: String = "") {
            self.number = number
            self.epoch = epoch
        }
    }

    /// Makes options.
    public init(idempotencyKey: String? = nil, version: Version? = nil, skipsHistory: Bool = false) {
        self.idempotencyKey = idempotencyKey
        self.version = version
        self.skipsHistory = skipsHistory
    }
}
