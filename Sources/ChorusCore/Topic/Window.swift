/// How far a subscription may be behind the newest message of its topic.
///
/// A reader that falls further behind meets the topic's ``OverflowPolicy``.
public struct Window: Hashable, Sendable {
    /// The most messages a reader may be behind. Default 16,384.
    public var messages: Int
    /// The most bytes a reader may be behind (payloads and 64 bytes a message). Default 2 MiB.
    public var bytes: Int

    /// Makes a window; values below 1 are taken as 1.
    public init(messages: Int = 16_384, bytes: Int = 2 << 20) {
        self.messages = max(1, messages)
        self.bytes = max(1, bytes)
    }
}
