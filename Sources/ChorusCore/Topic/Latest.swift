public import NIOCore

/// How much of the newest values a topic keeps: of every key (``Message/key``) the newest message.
///
/// Messages without a key count as values of one and the same key.
public struct Latest: Hashable, Sendable {
    /// The most keys; beyond, the one whose newest message is the oldest is let go of. Default 10,000.
    public var keys: Int
    /// The most bytes of keys, payloads and 256 besides each; beyond, likewise. The newest message is kept whatever its
    /// size. Default 16 MiB.
    public var bytes: Int
    /// How long a value is kept; `nil` for until there is a newer one. Default `nil`.
    public var age: TimeAmount?

    /// Makes bounds; values below 1 are taken as 1.
    public init(keys: Int = 10_000, bytes: Int = 16 << 20, age: TimeAmount? = nil) {
        self.keys = max(1, keys)
        self.bytes = max(1, bytes)
        self.age = age.map { max(.nanoseconds(1), $0) }
    }
}
