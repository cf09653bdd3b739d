/// Says what tokens mean, or why they are not accepted. The module `ChorusTokens` has one for JSON Web Tokens.
///
/// It is asked whenever a client shows a token, from any task, and should be quick: the client waits.
public protocol TokenVerifier: Sendable {
    /// What a connection token says. Throws when it is not accepted.
    func connection(_ token: String) async throws(TokenRefusal) -> ConnectionToken

    /// What a subscription token says. Throws when it is not accepted.
    func subscription(_ token: String) async throws(TokenRefusal) -> SubscriptionToken
}

extension TokenVerifier {
    /// A verifier that accepts what this one accepts, unless it has been revoked.
    public func checking(_ revocations: Revocations) -> some TokenVerifier {
        RevocationChecker(verifier: self, revocations: revocations)
    }
}

private struct RevocationChecker<Verifier: TokenVerifier>: TokenVerifier {
    let verifier: Verifier
    let revocations: Revocations

    func connection(_ token: String) async throws(TokenRefusal) -> ConnectionToken {
        let token = try await verifier.connection(token)
        try revocations.check(token)
        return token
    }

    func subscription(_ token: String) async throws(TokenRefusal) -> SubscriptionToken {
        let token = try await verifier.subscription(token)
        try revocations.check(token)
        return token
    }
}
