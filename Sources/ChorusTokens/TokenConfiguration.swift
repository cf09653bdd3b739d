/// With which keys tokens are checked, and what else they must be.
///
/// ```swift
/// var tokens = TokenConfiguration(hmacSecret: secret)
/// tokens.audience = "chat"
/// let verifier = try await JWTVerifier(tokens)
/// ```
public struct TokenConfiguration: Sendable, Hashable {
    /// A JSON Web Key Set (RFC 7517): public keys with names, of which several are in use while they are exchanged.
    public enum KeySetSource: Sendable, Hashable {
        /// A file with one. It is read again when it has changed, at the latest a second later.
        case file(String)
        /// Its JSON.
        case json(String)
    }

    /// The secret of HS256, HS384 and HS512, of which the bytes in UTF-8 are taken. Default none.
    public var hmacSecret: String?
    /// The public key of RS256, RS384 and RS512, in PEM form, at least 2,048 bits. Default none.
    public var rsaPublicKey: String?
    /// The public key of ES256, ES384 or ES512, as its curve is P-256, P-384 or P-521, in PEM form. Default none.
    public var ecdsaPublicKey: String?
    /// The public key of EdDSA with Ed25519, in PEM form. Default none.
    public var eddsaPublicKey: String?
    /// Further public keys, for all of these algorithms but the HS ones. Default none.
    public var jwks: KeySetSource?
    /// Whom tokens must be for (`aud`). Default whomever they are for.
    public var audience: String?
    /// Who must have made tokens (`iss`). Default whoever has a key.
    public var issuer: String?
    /// By how many seconds the clocks of who makes tokens and who checks them may differ: so much earlier is a token
    /// valid, and so much later does it expire. Default 0, at most 3,600.
    public var leeway: Int
    /// The claim that has the user's name. Default `sub`.
    public var userClaim: String
    /// The longest token in bytes. Default 32 KiB.
    public var maximumSize: Int

    /// Makes a configuration; without any key it is of no use.
    public init(
        hmacSecret: String? = nil,
        rsaPublicKey: String? = nil,
        ecdsaPublicKey: String? = nil,
        eddsaPublicKey: String? = nil,
        jwks: KeySetSource? = nil,
        audience: String? = nil,
        issuer: String? = nil,
        leeway: Int = 0,
        userClaim: String = "sub",
        maximumSize: Int = 32 << 10
    ) {
        self.hmacSecret = hmacSecret
        self.rsaPublicKey = rsaPublicKey
        self.ecdsaPublicKey = ecdsaPublicKey
        self.eddsaPublicKey = eddsaPublicKey
        self.jwks = jwks
        self.audience = audience
        self.issuer = issuer
        self.leeway = leeway
        self.userClaim = userClaim
        self.maximumSize = maximumSize
    }

    /// Whether there is anything to check signatures with.
    public var hasKeys: Bool {
        hmacSecret != nil || rsaPublicKey != nil || ecdsaPublicKey != nil || eddsaPublicKey != nil || jwks != nil
    }

    /// Whether the secret is shorter than an HS256 key must be (32 bytes, RFC 7518 section 3.2). It is used all the
    /// same, because servers that Chorus takes the place of do; but who has seen a token can guess it.
    public var hasShortSecret: Bool { hmacSecret.map { $0.utf8.count < 32 } ?? false }
}
