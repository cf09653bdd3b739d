/// Runs `operation`, and throws a ``TestFailure`` when it has not returned after `seconds`.
///
/// An operation that ignores its cancellation is left behind: a test that hangs must not take the others with it.
public func withTimeout<Value: Sendable>(
    _ seconds: Double = 10,
    _ what: String = "the operation",
    operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let (results, continuation) = AsyncStream.makeStream(of: Result<Value, any Error>.self)
    let work = Task {
        do {
            continuation.yield(.success(try await operation()))
        } catch {
            continuation.yield(.failure(error))
        }
    }
    let limit = Task {
        try await Task.sleep(for: .seconds(seconds))
        continuation.yield(.failure(TestFailure("\(what) took more than \(seconds) s")))
    }
    defer {
        work.cancel()
        limit.cancel()
    }
    for await result in results { return try result.get() }
    throw CancellationError()
}
