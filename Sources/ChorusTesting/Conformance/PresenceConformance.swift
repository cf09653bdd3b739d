public import ChorusCore

/// What every ``ChorusCore/Presence`` has to do. Run all checks against yours:
///
/// ```swift
/// @Test(arguments: PresenceConformance.checks)
/// func conforms(_ check: PresenceConformance.Check) async throws {
///     try await check.run { try await MyPresence() }
/// }
/// ```
///
/// Every check has a presence of its own, in whose topics nobody must be at first. What a check finds wrong it throws,
/// as a ``TestFailure``. Time is real: a check waits for what is to happen up to 10 seconds, and asks for nothing
/// sooner.
public enum PresenceConformance {
    /// One check.
    public struct Check: Sendable, CustomStringConvertible {
        /// What is checked, as a sentence.
        public let description: String
        let body: @Sendable (PresenceProbe) async throws -> Void

        init(_ description: String, _ body: @escaping @Sendable (PresenceProbe) async throws -> Void) {
            self.description = description
            self.body = body
        }

        /// Runs the check. Throws what the presence does wrong, and what `makePresence` throws.
        public func run(_ makePresence: @Sendable () async throws -> any Presence) async throws {
            try await body(PresenceProbe(try await makePresence()))
        }
    }

    /// All checks.
    public static var checks: [Check] { members + users + grace + order + latecomers + storms }
}
