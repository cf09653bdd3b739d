/// Whether clients may begin in a topic's past, by themselves.
public enum RecoveryPolicy: Hashable, Sendable {
    /// They may not. The program may let them (``Topic`` `join`), and read the past itself.
    case off
    /// Those who ask for it.
    case on
    /// As `on`; and every client with an envelope is told its position at the beginning, also if it begins with what is
    /// published from then on, so that it can come back with it.
    case forced
}
