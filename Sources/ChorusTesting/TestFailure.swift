/// What a helper of this module throws when a test does not go as it should.
public struct TestFailure: Error, CustomStringConvertible {
    /// What was expected, and what came instead.
    public let description: String

    /// A failure with a sentence that says what was expected, and what came instead.
    public init(_ description: String) { self.description = description }
}
