import Chorus

/// Tokens that mean what a table says. All others are malformed.
struct TokenTable: TokenVerifier {
    var connections: [String: ConnectionToken] = [:]
    var refusals: [String: TokenRefusal] = [:]

    func connection(_ token: String) async throws(TokenRefusal) -> ConnectionToken {
        if let refusal = refusals[token] { throw refusal }
        guard let connection = connections[token] else { throw TokenRefusal(.malformed, "this is no token") }
        return connection
    }

    func subscription(_ token: String) async throws(TokenRefusal) -> SubscriptionToken {
        throw TokenRefusal(.claim, "there are no subscription tokens here")
    }
}
