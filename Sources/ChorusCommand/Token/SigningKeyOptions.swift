import ArgumentParser
import ChorusCore
import ChorusTokens

/// What a token is signed with.
struct SigningKeyOptions: ParsableArguments {
    @OptionGroup var secret: SecretOptions

    @Option(
        help: ArgumentHelp(
            "Sign with a private key in PEM form in place of the secret: RSA, P-256, P-384, P-521 or Ed25519.",
            valueName: "file"
        )
    )
    var privateKeyFile: String?

    @Option(help: "The key's name in a key set.")
    var keyId: String?

    func validate() throws {
        guard secret.secretFile == nil || privateKeyFile == nil else {
            throw ValidationError("--secret-file and --private-key-file exclude each other.")
        }
    }

    func issuer() async throws(ChorusError) -> TokenIssuer {
        if let privateKeyFile {
            return try await TokenIssuer(privateKey: try KeyFile.read(privateKeyFile), keyID: keyId)
        }
        guard let secret = try secret.secret() else {
            throw ChorusError(
                .invalidConfiguration,
                "there is no key to sign with: see --secret-file, --private-key-file and CHORUS_TOKENS_HMAC_SECRET"
            )
        }
        KeyFile.warn(of: TokenConfiguration(hmacSecret: secret))
        return try await TokenIssuer(hmacSecret: secret, keyID: keyId)
    }
}
