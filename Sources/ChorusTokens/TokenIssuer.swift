public import Chorus
public import ChorusCore
import JSONWire
import JWTKit
import NIOCore

/// Makes JSON Web Tokens that ``JWTVerifier`` reads, as a backend does.
///
/// ```swift
/// let issuer = try await TokenIssuer(hmacSecret: secret)
/// let token = try issuer.sign(ConnectionToken(user: "ann", expiresAt: now + 3600))
/// ```
public struct TokenIssuer: Sendable {
    /// Whom the tokens are for (`aud`). Default nobody in particular.
    public var audience: String?
    /// Who makes them (`iss`). Default nobody in particular.
    public var issuer: String?
    /// The claim that has the user's name. Default `sub`.
    public var userClaim = "sub"
    private let algorithm: any JWTAlgorithm
    private let keyID: String?

    /// Signs with HS256. Throws ``ChorusError/Code/invalidConfiguration`` when the secret is empty.
    public init(hmacSecret: String, keyID: String? = nil) async throws(ChorusError) {
        guard !hmacSecret.isEmpty else { throw ChorusError(.invalidConfiguration, "the secret of tokens is empty") }
        try self.init(await TokenKey.made { try await TokenKey(secret: hmacSecret) }, keyID: keyID)
    }

    /// Signs with RS256, ES256, ES384, ES512 or EdDSA, as the key is. Throws
    /// ``ChorusError/Code/invalidConfiguration`` when it cannot be used.
    ///
    /// - Parameters:
    ///   - pem: a private key in PEM form, without a passphrase.
    ///   - keyID: its name in a key set (`kid`).
    public init(privateKey pem: String, keyID: String? = nil) async throws(ChorusError) {
        try self.init(await TokenKey.signing(privatePEM: pem), keyID: keyID)
    }

    private init(_ key: TokenKey, keyID: String?) throws(ChorusError) {
        // of several the first in the order of the standard, which is the usual one
        guard let algorithm = TokenAlgorithm.allCases.lazy.compactMap({ key.algorithms[$0] }).first else {
            throw ChorusError(.invalidConfiguration, "the key is for no algorithm that is known")
        }
        self.algorithm = algorithm
        self.keyID = keyID
    }

    /// A connection token. Throws ``ChorusError/Code/notEncodable`` when it cannot be signed.
    public func sign(_ token: ConnectionToken) throws(ChorusError) -> String {
        try sign { claims in
            claims.write(token, userClaim: userClaim)
            write(to: &claims)
        }
    }

    /// A subscription token. Throws ``ChorusError/Code/notEncodable`` when it cannot be signed.
    public func sign(_ token: SubscriptionToken) throws(ChorusError) -> String {
        try sign { claims in
            claims.write(token, userClaim: userClaim)
            write(to: &claims)
        }
    }

    private func write(to claims: inout JSONObjectWriter) {
        if let audience { claims.field("aud", audience) }
        if let issuer { claims.field("iss", issuer) }
    }

    private func sign(_ claims: (inout JSONObjectWriter) -> Void) throws(ChorusError) -> String {
        let header = ByteBuffer.jsonObject { header in
            header.field("alg", algorithm.name)
            header.field("typ", "JWT")
            if let keyID { header.field("kid", keyID) }
        }
        let signed = [header, .jsonObject(claims)].map { Base64URL.encode($0.readableBytesView) }.joined(separator: ".")
        do {
            return "\(signed).\(Base64URL.encode(try algorithm.sign(Array(signed.utf8))))"
        } catch {
            throw ChorusError(.notEncodable, "the token cannot be signed", cause: error)
        }
    }
}
