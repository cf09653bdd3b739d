/// What clients are given that come back with a position and whose protocol does not say what of it they want.
public enum RecoveryMode: Hashable, Sendable {
    /// Everything that came after it.
    case stream
    /// The newest message of every key that came after it.
    case latest
}
