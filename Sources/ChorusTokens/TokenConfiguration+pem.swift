package import ChorusCore

extension TokenConfiguration {
    /// Adds a public key in PEM form for what it is. Throws ``ChorusError/Code/invalidConfiguration`` when it is none.
    package mutating func add(publicKey pem: String) async throws(ChorusError) {
        if (try? await TokenKey.rsa(publicPEM: pem)) != nil {
            rsaPublicKey = pem
        } else if (try? await TokenKey.ecdsa(publicPEM: pem)) != nil {
            ecdsaPublicKey = pem
        } else if (try? await TokenKey.eddsa(publicPEM: pem)) != nil {
            eddsaPublicKey = pem
        } else {
            throw ChorusError(
                .invalidConfiguration,
                "the PEM has no public key: RSA of at least 2,048 bits, P-256, P-384, P-521 or Ed25519"
            )
        }
    }
}
