/// Whether clients may begin in a topic's past, by themselves.
public enum RecoveryPolicy: Hashable, Sendable {
    /// They may not. The program may let them (``Topic`` `join`), and read the past itself.
    case off
    /// Those who ask for it.
    case on
    /// As `on`; and every client that can be told is told its position, so that it can come back with it.
    case forced
}
