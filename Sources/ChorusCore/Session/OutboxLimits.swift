/// How much may wait for one client alone: messages that the program sends to it, answers, pings.
///
/// A client that leaves more unread is closed (WebSocket close code 1013), or is not read from, where what waits are the
/// answers to what it sends. A single message may be larger.
public struct OutboxLimits: Hashable, Sendable {
    /// The most messages. Default 128.
    public var messages: Int
    /// The most bytes, in the client's wire format. Default 64 KiB.
    public var bytes: Int

    /// Makes limits; values below 1 are taken as 1.
    public init(messages: Int = 128, bytes: Int = 64 << 10) {
        self.messages = max(1, messages)
        self.bytes = max(1, bytes)
    }
}
