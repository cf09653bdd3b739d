import Chorus
import ChorusTokens
import Crypto
import CryptoExtras

/// Keys that live as long as the tests.
struct Keys: Sendable {
    let rsa: _RSA.Signing.PrivateKey
    let p256 = P256.Signing.PrivateKey()
    let p384 = P384.Signing.PrivateKey()
    let p521 = P521.Signing.PrivateKey()
    let ed25519 = Curve25519.Signing.PrivateKey()

    private init(_ rsa: _RSA.Signing.PrivateKey) { self.rsa = rsa }

    static let ours = Result { Keys(try _RSA.Signing.PrivateKey(keySize: .bits2048)) }
    /// Somebody else's.
    static let others = Result { Keys(try _RSA.Signing.PrivateKey(keySize: .bits2048)) }

    /// Everything that can be signed with, by its algorithm.
    func signer(_ algorithm: String, secret: String = Signer.secret) throws -> Signer {
        switch algorithm {
        case "HS256": .hs256(secret)
        case "HS384": .hs384(secret)
        case "HS512": .hs512(secret)
        case "RS256": .rs256(rsa)
        case "RS384": .rs384(rsa)
        case "RS512": .rs512(rsa)
        case "ES256": .es256(p256)
        case "ES384": .es384(p384)
        case "ES512": .es512(p521)
        default: .edDSA(ed25519)
        }
    }

    /// A configuration with the one key that an algorithm needs.
    func configuration(_ algorithm: String, secret: String = Signer.secret) -> TokenConfiguration {
        var configuration = TokenConfiguration()
        switch algorithm {
        case "HS256", "HS384", "HS512": configuration.hmacSecret = secret
        case "RS256", "RS384", "RS512": configuration.rsaPublicKey = rsa.publicKey.pemRepresentation
        case "ES256": configuration.ecdsaPublicKey = p256.publicKey.pemRepresentation
        case "ES384": configuration.ecdsaPublicKey = p384.publicKey.pemRepresentation
        case "ES512": configuration.ecdsaPublicKey = p521.publicKey.pemRepresentation
        default: configuration.eddsaPublicKey = ed25519.publicKey.pemRepresentation
        }
        return configuration
    }

    // MARK: As JSON Web Keys

    func rsaJWK(_ members: String = "") throws -> String {
        let numbers = try rsa.publicKey.getKeyPrimitives()
        let (n, e) = (base64URL(numbers.modulus), base64URL(numbers.publicExponent))
        return #"{"kty":"RSA","n":"\#(n)","e":"\#(e)"\#(members)}"#
    }

    func p256JWK(_ members: String = "") -> String {
        Keys.jwk("P-256", p256.publicKey.x963Representation.map { $0 }, members)
    }

    func p384JWK(_ members: String = "") -> String {
        Keys.jwk("P-384", p384.publicKey.x963Representation.map { $0 }, members)
    }

    func p521JWK(_ members: String = "") -> String {
        Keys.jwk("P-521", p521.publicKey.x963Representation.map { $0 }, members)
    }

    func ed25519JWK(_ members: String = "") -> String {
        #"{"kty":"OKP","crv":"Ed25519","x":"\#(base64URL(ed25519.publicKey.rawRepresentation))"\#(members)}"#
    }

    /// - Parameter point: 4, x and y (SEC 1 section 2.3.3).
    private static func jwk(_ curve: String, _ point: [UInt8], _ members: String) -> String {
        let size = point.count / 2
        let x = base64URL(point[1...size])
        let y = base64URL(point[(size + 1)...])
        return #"{"kty":"EC","crv":"\#(curve)","x":"\#(x)","y":"\#(y)"\#(members)}"#
    }
}

let allAlgorithms = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"]
