/// Whose clients may do something.
public enum Access: Hashable, Sendable {
    /// Everybody.
    case anyone
    /// Clients that are known by a user's name.
    case authenticated
    /// No client: only the program, and the server's API.
    case server

    /// Whether a client may.
    ///
    /// - Parameter user: who it is; `nil` if nobody has said.
    public func includes(_ user: String?) -> Bool {
        switch self {
        case .anyone: true
        case .authenticated: user != nil
        case .server: false
        }
    }
}
