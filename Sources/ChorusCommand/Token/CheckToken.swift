import ArgumentParser
import Chorus
import ChorusCore
import ChorusTokens

/// `chorus token check`.
struct CheckToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what a token claims, and why it would be refused.",
        discussion: """
            What it claims is printed whether it is accepted or not. A token is like a password: one that is still valid
            is better read from standard input.

              chorus token check - < token.txt
              chorus token check - --jwks-file keys.json --audience chat < token.txt

            Exits with 0 if it is accepted, with 77 if it is not, and with 78 if there is no key to check it with.
            """
    )

    @Argument(help: "The token; - for the first line of standard input.")
    var token: String

    @OptionGroup var verification: VerificationOptions

    func run() async throws {
        let text = token == "-" ? readLine() ?? "" : token
        try await KeyFile.saying {
            let configuration = try await verification.configuration()
            do {
                let token = try UncheckedToken(text, maximumSize: configuration.maximumSize)
                for line in TokenReport(token, at: WallClock.seconds).lines { Console.print(line) }
                let verifier = try await JWTVerifier(configuration)
                Console.print("accepted: " + (try await verdict(text, token, verifier)))
            } catch let refusal as TokenRefusal {
                Console.say("refused (\(refusal.code)): \(refusal.message)")
                throw ExitCode(Exit.notPermitted)
            }
        }
    }

    /// What it is good for. Throws the reason why it is not.
    private func verdict(
        _ text: String,
        _ token: UncheckedToken,
        _ verifier: JWTVerifier
    ) async throws(TokenRefusal) -> String {
        guard token.isSubscription else {
            let token = try await verifier.connection(text)
            let topics = token.subscriptions.isEmpty ? "" : ", for \(token.subscriptions.count) topic(s)"
            return "a connection token of \(token.user.inQuotes)\(topics)"
        }
        let token = try await verifier.subscription(text)
        return "a subscription token of \(token.user.inQuotes) for \(token.topic.inQuotes)"
    }
}
