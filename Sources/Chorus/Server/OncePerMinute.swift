package import NIOCore

/// Holds back a line of the log that would be written again and again.
package struct OncePerMinute: Sendable {
    private var next = NIODeadline.uptimeNanoseconds(0)

    package init() {}

    /// Whether the line may be written now: at first, and when the last time is a minute ago.
    package mutating func allows(at now: NIODeadline) -> Bool {
        guard now >= next else { return false }
        next = now + .minutes(1)
        return true
    }
}
