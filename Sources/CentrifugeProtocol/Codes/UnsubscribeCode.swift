/// Why a server ends a client's subscription: what stands in the push ``PushContent/unsubscribe(code:reason:)``.
///
/// Programs may use 2100 to 2499 and 2600 to 2999.
public struct UnsubscribeCode: Hashable, Sendable {
    /// The number that clients decide by.
    public var code: UInt32
    /// A few words for people.
    public var reason: String

    /// A code of the program's own, or one of the protocol's in other words.
    public init(code: UInt32, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Whether SDKs subscribe again: from 2500 on.
    public var resubscribes: Bool { code >= 2500 }
}

extension UnsubscribeCode {
    /// 2000: the server's program has ended it. It is not made again.
    public static let server = Self(code: 2000, reason: "server unsubscribe")
    /// 2500: publications are lost to it; the client subscribes again, and recovers.
    public static let insufficientState = Self(code: 2500, reason: "insufficient state")
    /// 2501: it was not refreshed in time; the client subscribes again.
    public static let expired = Self(code: 2501, reason: "subscription expired")
    /// 2502: what the client knows is not valid any more; it drops token and position, and subscribes again.
    public static let stateInvalidated = Self(code: 2502, reason: "state invalidated")
}
