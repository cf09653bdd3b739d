import ArgumentParser
import ChorusCore
import ChorusTokens

/// What a token is checked with.
struct VerificationOptions: ParsableArguments {
    @OptionGroup var secret: SecretOptions

    @Option(
        help: ArgumentHelp("A file with a public key in PEM form.", valueName: "file")
    )
    var publicKeyFile: String?

    @Option(help: ArgumentHelp("A file with a key set: JSON.", valueName: "file"))
    var jwksFile: String?

    @Option(help: "Whom it must be for (default: anybody).")
    var audience: String?

    @Option(help: "Who must have made it (default: anybody).")
    var issuer: String?

    @Option(help: "By how many seconds clocks may differ.")
    var leeway = 0

    @Option(help: "The claim that has the user's name.")
    var userClaim = "sub"

    func validate() throws {
        guard (0...3600).contains(leeway) else { throw ValidationError("--leeway is 0 to 3600.") }
        guard !userClaim.isEmpty else { throw ValidationError("--user-claim is empty.") }
    }

    func configuration() async throws(ChorusError) -> TokenConfiguration {
        var configuration = TokenConfiguration(
            hmacSecret: try secret.secret(),
            jwks: jwksFile.map { .file($0) },
            audience: audience,
            issuer: issuer,
            leeway: leeway,
            userClaim: userClaim
        )
        if let publicKeyFile { try await configuration.add(publicKey: try KeyFile.read(publicKeyFile)) }
        KeyFile.warn(of: configuration)
        return configuration
    }
}
