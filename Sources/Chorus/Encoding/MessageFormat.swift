/// What a WebSocket client receives.
public enum MessageFormat: Hashable, Sendable {
    /// Messages as they were published: text and JSON as text, binary as binary. Such a client cannot be told anything
    /// else.
    case plain
    /// A JSON object per message: `{"topic": …, "data": …}` with its position, time, key and tags; and notices: how a
    /// subscription has begun, what is lost, who joins and leaves. What the client sends is taken as it is.
    case envelope
}
