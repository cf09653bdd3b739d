/// Identifies a session within this process; never used twice while the process lives.
public struct SessionID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The number in base 36.
    public var description: String { String(rawValue, radix: 36) }
}
