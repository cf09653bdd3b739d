import ChorusTesting

/// Waits until a condition holds, looking again and again; fails when it does not within the limit.
func eventually(
    _ what: @autoclosure () -> String,
    within seconds: Double = 10,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw TestFailure("not within \(seconds) s: \(what())") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
