/// Identifies a session within this process; never used twice while the process lives.
public struct SessionID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Reads what ``description`` gives; `nil` for anything else.
    public init?(_ description: String) {
        guard let number = UInt64(description, radix: 36), String(number, radix: 36) == description else { return nil }
        rawValue = number
    }

    /// The number in base 36.
    public var description: String { String(rawValue, radix: 36) }
}
