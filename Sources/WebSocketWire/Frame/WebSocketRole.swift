/// Which end of the connection this side is.
///
/// Clients mask what they send and servers do not (RFC 6455 section 5.1), so a reader has to know whom it reads for.
public enum WebSocketRole: Sendable {
    /// This side accepted the connection: it requires masked frames.
    case server
    /// This side opened the connection: it refuses masked frames.
    case client
}
