public import Chorus
public import ChorusCore
import JWTKit
public import Logging

/// Checks JSON Web Tokens (RFC 7519), signed with HMAC, RSA, ECDSA or EdDSA, and reads the claims of Centrifugo.
///
/// ```swift
/// let verifier = try await JWTVerifier(TokenConfiguration(hmacSecret: secret))
/// server.authenticate(with: verifier)
/// ```
///
/// The signature is checked before anything that the token says is looked at. What a key is used for follows from its
/// kind and never from the token. HMACs are compared in constant time (by swift-crypto).
public struct JWTVerifier: TokenVerifier {
    private let configuration: TokenConfiguration
    private let keys: TokenKeyStore
    private let now: @Sendable () -> Int64

    /// Reads the keys.
    ///
    /// Throws ``ChorusError/Code/invalidConfiguration`` when there is no key, one cannot be used, or a value is out of
    /// its range.
    ///
    /// - Parameters:
    ///   - configuration: keys and rules.
    ///   - logger: told when a file of keys has been read again, and when it cannot be.
    ///   - now: the time of day in seconds since 1970, for tests. Default the system's.
    public init(
        _ configuration: TokenConfiguration,
        logger: Logger = Logger(label: "chorus.tokens"),
        now: (@Sendable () -> Int64)? = nil
    ) async throws(ChorusError) {
        guard (0...3600).contains(configuration.leeway) else {
            throw ChorusError(.invalidConfiguration, "the leeway of tokens is 0 to 3600 seconds")
        }
        guard configuration.maximumSize > 0, !configuration.userClaim.isEmpty else {
            throw ChorusError(.invalidConfiguration, "tokens have a size of at least 1, and a claim with the user")
        }
        let now = now ?? { WallClock.seconds }
        self.configuration = configuration
        self.now = now
        self.keys = try await TokenKeyStore(configuration, logger: logger, now: now)
    }

    /// What a connection token says. Throws when it is not accepted, or is a subscription token.
    public func connection(_ token: String) async throws(TokenRefusal) -> ConnectionToken {
        var connection = try await claims(of: token).connectionToken(userClaim: configuration.userClaim)
        connection.expiresAt = try end(connection.expiresAt)
        return connection
    }

    /// What a subscription token says. Throws when it is not accepted, or has no topic.
    public func subscription(_ token: String) async throws(TokenRefusal) -> SubscriptionToken {
        var subscription = try await claims(of: token).subscriptionToken(userClaim: configuration.userClaim)
        subscription.expiresAt = try end(subscription.expiresAt)
        return subscription
    }

    /// When what a token opens ends, by the clock of whoever may be behind. Throws when it would have ended already.
    private func end(_ time: Int64?) throws(TokenRefusal) -> Int64? {
        guard let time else { return nil }
        let (later, isFar) = time.addingReportingOverflow(Int64(configuration.leeway))
        guard !isFar else { return .max }
        let now = now()
        guard later > now else {
            let words = Duration.words(seconds: now.subtractingReportingOverflow(time).partialValue)
            throw TokenRefusal(.expired, "what the token opens ended \(words) ago")
        }
        return later
    }

    private func claims(of text: String) async throws(TokenRefusal) -> Claims {
        let token = try UncheckedToken(text, maximumSize: configuration.maximumSize)
        let key = try await keys.keys().algorithm(token.algorithm, id: token.keyID)
        // it throws for a signature that cannot be one, as of a wrong length
        guard (try? key.verify(token.signature, signs: token.signed)) == true else {
            throw TokenRefusal(.signature, "the token's signature is not that of the key")
        }
        let claims = Claims(token.claims)
        try checkTimes(claims)
        try checkParties(claims)
        return claims
    }

    /// RFC 7519 sections 4.1.4 and 4.1.5.
    private func checkTimes(_ claims: Claims) throws(TokenRefusal) {
        let now = now()
        let leeway = Int64(configuration.leeway)
        if let end = try claims.time("exp"), end <= now - leeway {
            let age = now.subtractingReportingOverflow(end).partialValue
            throw TokenRefusal(.expired, "the token expired \(Duration.words(seconds: age)) ago")
        }
        if let start = try claims.time("nbf"), start > now + leeway {
            let wait = start.subtractingReportingOverflow(now).partialValue
            throw TokenRefusal(.notYetValid, "the token begins to be valid in \(Duration.words(seconds: wait))")
        }
    }

    /// RFC 7519 sections 4.1.1 and 4.1.3.
    private func checkParties(_ claims: Claims) throws(TokenRefusal) {
        if let audience = configuration.audience {
            let audiences = try claims.oneOrMore("aud") ?? []
            guard audiences.contains(audience) else {
                let others = audiences.isEmpty ? "nobody" : audiences.prefix(3).map(\.inQuotes).joined(separator: ", ")
                throw TokenRefusal(.audience, "the token is for \(others) (aud), not for \(audience.inQuotes)")
            }
        }
        if let issuer = configuration.issuer {
            let other = try claims.string("iss")
            guard other == issuer else {
                let name = other?.inQuotes ?? "nobody"
                throw TokenRefusal(.issuer, "the token is by \(name) (iss), not by \(issuer.inQuotes)")
            }
        }
    }
}
