public import NIOCore

/// How much of a topic its broker keeps, for those who come late or come back.
///
/// A message is let go of as soon as one of the bounds wants it. What has been let go of is never given out again.
public struct History: Hashable, Sendable {
    /// The most messages; 0 only where ``latest`` is kept.
    public var count: Int
    /// How long a message is kept; `nil` for as long as the other bounds allow.
    public var age: TimeAmount?
    /// The most bytes of payloads; the newest message is kept whatever its size. Default 16 MiB.
    public var bytes: Int
    /// Besides, the newest message of every key, whatever the other bounds say. Default none.
    public var latest: Latest?

    /// Keeps the last `count` messages for `age`; values below 1 are taken as 1.
    public init(count: Int, age: TimeAmount? = nil, bytes: Int = 16 << 20) {
        self.count = max(1, count)
        self.age = age.map { max(.nanoseconds(1), $0) }
        self.bytes = max(1, bytes)
    }

    /// Keeps the last `count` messages for `age`.
    public static func last(_ count: Int, for age: TimeAmount? = nil) -> History { History(count: count, age: age) }

    /// Keeps no messages: for topics that keep the newest of every key.
    static var nothing: History {
        var history = History(count: 1)
        history.count = 0
        return history
    }
}
