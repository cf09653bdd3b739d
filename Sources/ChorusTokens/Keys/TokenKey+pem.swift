import ChorusCore
import Crypto
import JWTKit

/// Keys in PEM form (RFC 7468). All of these throw ``ChorusError/Code/invalidConfiguration``, without the key.
extension TokenKey {
    static func rsa(publicPEM pem: String) async throws(ChorusError) -> TokenKey {
        guard let key = try? Insecure.RSA.PublicKey(pem: pem) else {
            throw unusable("an RSA public key of at least 2,048 bits")
        }
        return try await made { try await TokenKey(rsa: key) }
    }

    static func ecdsa(publicPEM pem: String) async throws(ChorusError) -> TokenKey {
        if let key = try? ES256PublicKey(pem: pem) { return try await made { try await TokenKey(ecdsa: key) } }
        if let key = try? ES384PublicKey(pem: pem) { return try await made { try await TokenKey(ecdsa: key) } }
        if let key = try? ES512PublicKey(pem: pem) { return try await made { try await TokenKey(ecdsa: key) } }
        throw unusable("a public key of the curve P-256, P-384 or P-521")
    }

    static func eddsa(publicPEM pem: String) async throws(ChorusError) -> TokenKey {
        guard let key = try? EdDSA.PublicKey(pem: pem) else { throw unusable("an Ed25519 public key") }
        return try await made { try await TokenKey(eddsa: key) }
    }

    /// A key to sign with, of any kind.
    static func signing(privatePEM pem: String) async throws(ChorusError) -> TokenKey {
        if let key = try? Insecure.RSA.PrivateKey(pem: pem) { return try await made { try await TokenKey(rsa: key) } }
        if let key = try? ES256PrivateKey(pem: pem) { return try await made { try await TokenKey(ecdsa: key) } }
        if let key = try? ES384PrivateKey(pem: pem) { return try await made { try await TokenKey(ecdsa: key) } }
        if let key = try? ES512PrivateKey(pem: pem) { return try await made { try await TokenKey(ecdsa: key) } }
        if let key = try? EdDSA.PrivateKey(pem: pem) { return try await made { try await TokenKey(eddsa: key) } }
        throw unusable("a private key: RSA of at least 2,048 bits, P-256, P-384, P-521 or Ed25519")
    }

    static func made(_ body: () async throws -> TokenKey) async throws(ChorusError) -> TokenKey {
        do {
            return try await body()
        } catch {
            throw ChorusError(.invalidConfiguration, "the key cannot be used", cause: error)
        }
    }

    private static func unusable(_ kind: String) -> ChorusError {
        ChorusError(.invalidConfiguration, "the PEM has no \(kind)")
    }
}
