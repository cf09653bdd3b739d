import Chorus
import Synchronization

/// Accepts no token, for want of a key.
struct KeylessTokens: TokenVerifier {
    func connection(_ token: String) async throws(TokenRefusal) -> ConnectionToken { throw refusal }

    func subscription(_ token: String) async throws(TokenRefusal) -> SubscriptionToken { throw refusal }

    private var refusal: TokenRefusal { TokenRefusal(.unknownKey, "this server has no key for tokens") }
}

/// Checks tokens with the keys that the configuration has now.
final class LiveTokens: TokenVerifier {
    private let current: Mutex<any TokenVerifier>

    init(_ verifier: any TokenVerifier) { current = Mutex(verifier) }

    /// From now on tokens are checked by another one.
    func set(_ verifier: any TokenVerifier) { current.withLock { $0 = verifier } }

    func connection(_ token: String) async throws(TokenRefusal) -> ConnectionToken {
        try await current.withLock { $0 }.connection(token)
    }

    func subscription(_ token: String) async throws(TokenRefusal) -> SubscriptionToken {
        try await current.withLock { $0 }.subscription(token)
    }
}
