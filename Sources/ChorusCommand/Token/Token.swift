import ArgumentParser

/// `chorus token`: what a backend does with tokens, by hand.
struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a token by which a client says who it is, or check one.",
        discussion: """
            The secret is in a file (--secret-file) or in the environment (CHORUS_TOKENS_HMAC_SECRET); an argument could
            be seen by others.

              chorus token --user ann
              chorus token --user ann --topic chat:kitchen --expires 7d
              chorus token --user ann --subscribe chat:kitchen
              chorus token --user ann --private-key-file key.pem --key-id k1
              chorus token check - < token.txt

            The options of the first four: chorus token create --help

            Exits with 0 if a token was made, or is accepted; with 77 if it would be refused, and says why; and with 78
            if there is no key, or none that can be used.
            """,
        subcommands: [CreateToken.self, CheckToken.self],
        defaultSubcommand: CreateToken.self
    )
}
