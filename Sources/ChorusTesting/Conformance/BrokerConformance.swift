public import ChorusCore

/// What every ``ChorusCore/Broker`` has to do. Run all checks against yours:
///
/// ```swift
/// @Test(arguments: BrokerConformance.checks)
/// func conforms(_ check: BrokerConformance.Check) async throws {
///     try await check.run { try await MyBroker() }
/// }
/// ```
///
/// Every check has brokers of its own, whose topics must be empty at first. What a check finds wrong it throws, as a
/// ``TestFailure``.
public enum BrokerConformance {
    /// One check.
    public struct Check: Sendable, CustomStringConvertible {
        /// What is checked, as a sentence.
        public let description: String
        let body: @Sendable (BrokerProbe) async throws -> Void

        init(_ description: String, _ body: @escaping @Sendable (BrokerProbe) async throws -> Void) {
            self.description = description
            self.body = body
        }

        /// Runs the check. Throws what the broker does wrong, and what `makeBroker` throws.
        public func run(_ makeBroker: @Sendable () async throws -> any Broker) async throws {
            try await body(BrokerProbe(try await makeBroker()))
        }
    }

    /// All checks.
    public static var checks: [Check] { order + retention + queries + latest + recognition }
}

/// Throws when a condition does not hold.
func require(_ condition: Bool, _ failure: @autoclosure () -> String) throws {
    if !condition { throw TestFailure(failure()) }
}

/// Throws when two values differ.
func requireEqual<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String) throws {
    if found != expected { throw TestFailure("\(what): expected \(expected), got \(found)") }
}
