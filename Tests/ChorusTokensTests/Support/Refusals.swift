import Chorus
import ChorusTokens
import Synchronization
import Testing

/// Why a connection token is refused; `nil` when it is not.
func refusal(_ verifier: JWTVerifier, _ token: String) async -> TokenRefusal? {
    do throws(TokenRefusal) {
        _ = try await verifier.connection(token)
        return nil
    } catch {
        return error
    }
}

/// Why a subscription token is refused; `nil` when it is not.
func subscriptionRefusal(_ verifier: JWTVerifier, _ token: String) async -> TokenRefusal? {
    do throws(TokenRefusal) {
        _ = try await verifier.subscription(token)
        return nil
    } catch {
        return error
    }
}

/// A clock that stands still.
final class ManualClock: Sendable {
    private let time: Mutex<Int64>

    init(_ time: Int64) { self.time = Mutex(time) }

    var now: @Sendable () -> Int64 { { self.time.withLock { $0 } } }

    func set(_ time: Int64) { self.time.withLock { $0 = time } }

    func advance(_ seconds: Int64) { time.withLock { $0 += seconds } }
}

/// A verifier with the secret of the tests, at second 1,000,000.
func makeVerifier(
    at time: Int64 = 1_000_000,
    _ change: (inout TokenConfiguration) -> Void = { _ in }
) async throws -> JWTVerifier {
    var configuration = TokenConfiguration(hmacSecret: Signer.secret)
    change(&configuration)
    return try await JWTVerifier(configuration, now: ManualClock(time).now)
}
