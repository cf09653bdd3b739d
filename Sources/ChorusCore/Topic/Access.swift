/// Whose clients may do something.
public enum Access: Hashable, Sendable {
    /// Everybody.
    case anyone
    /// Clients that are known by a user's name.
    case authenticated
    /// Clients that are subscribed to the topic. Only for who may publish (``Namespace/publishers``).
    case subscribers
    /// No client: only the program, and the server's API.
    case server

    /// Whether a client may.
    ///
    /// - Parameters:
    ///   - user: who it is; `nil` if nobody has said.
    ///   - isSubscribed: whether it is subscribed to the topic. Default no.
    public func includes(_ user: String?, isSubscribed: Bool = false) -> Bool {
        switch self {
        case .anyone: true
        case .authenticated: user != nil
        case .subscribers: isSubscribed
        case .server: false
        }
    }
}
