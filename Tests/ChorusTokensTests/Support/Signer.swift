import Crypto
import CryptoExtras
import Foundation

/// Signs as a backend does, by swift-crypto alone: a second opinion on what ChorusTokens makes of jwt-kit.
struct Signer: Sendable {
    let algorithm: String
    let sign: @Sendable ([UInt8]) throws -> [UInt8]

    static let secret = "a secret of tests, which has more than 32 bytes"

    static func hs256(_ secret: String = secret) -> Signer {
        Signer(algorithm: "HS256") { Array(HMAC<SHA256>.authenticationCode(for: $0, using: key(secret))) }
    }

    static func hs384(_ secret: String = secret) -> Signer {
        Signer(algorithm: "HS384") { Array(HMAC<SHA384>.authenticationCode(for: $0, using: key(secret))) }
    }

    static func hs512(_ secret: String = secret) -> Signer {
        Signer(algorithm: "HS512") { Array(HMAC<SHA512>.authenticationCode(for: $0, using: key(secret))) }
    }

    private static func key(_ secret: String) -> SymmetricKey { SymmetricKey(data: Array(secret.utf8)) }

    static func rs256(_ key: _RSA.Signing.PrivateKey) -> Signer {
        Signer(algorithm: "RS256") { try rsa(key, SHA256.hash(data: $0)) }
    }

    static func rs384(_ key: _RSA.Signing.PrivateKey) -> Signer {
        Signer(algorithm: "RS384") { try rsa(key, SHA384.hash(data: $0)) }
    }

    static func rs512(_ key: _RSA.Signing.PrivateKey) -> Signer {
        Signer(algorithm: "RS512") { try rsa(key, SHA512.hash(data: $0)) }
    }

    private static func rsa(_ key: _RSA.Signing.PrivateKey, _ digest: some Digest) throws -> [UInt8] {
        Array(try key.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation)
    }

    static func es256(_ key: P256.Signing.PrivateKey) -> Signer {
        Signer(algorithm: "ES256") { Array(try key.signature(for: $0).rawRepresentation) }
    }

    static func es384(_ key: P384.Signing.PrivateKey) -> Signer {
        Signer(algorithm: "ES384") { Array(try key.signature(for: $0).rawRepresentation) }
    }

    static func es512(_ key: P521.Signing.PrivateKey) -> Signer {
        Signer(algorithm: "ES512") { Array(try key.signature(for: $0).rawRepresentation) }
    }

    static func edDSA(_ key: Curve25519.Signing.PrivateKey) -> Signer {
        Signer(algorithm: "EdDSA") { Array(try key.signature(for: $0)) }
    }

    // MARK: Tokens

    /// A token with these claims, and further members of its header.
    func token(_ claims: String, header: String = "", algorithm: String? = nil) throws -> String {
        try token(claims, wholeHeader: #"{"alg":"\#(algorithm ?? self.algorithm)","typ":"JWT"\#(header)}"#)
    }

    /// A token with these claims and this header, whatever they are.
    func token(_ claims: String, wholeHeader header: String) throws -> String {
        let signed = "\(base64URL(header.utf8)).\(base64URL(claims.utf8))"
        return "\(signed).\(base64URL(try sign(Array(signed.utf8))))"
    }
}

/// Base64 for URLs, by Foundation.
func base64URL(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        .replacingOccurrences(of: "=", with: "")
}
