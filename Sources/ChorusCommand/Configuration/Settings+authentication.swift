package import Chorus
import ChorusCore
import ChorusTokens

extension Settings.Tokens {
    /// What tokens are verified with; `nil` if there is no key.
    ///
    /// Throws ``ChorusError/Code/invalidConfiguration`` when the file of a key cannot be read.
    func configuration() throws(ChorusError) -> TokenConfiguration? {
        guard isOn else { return nil }
        return TokenConfiguration(
            hmacSecret: hmacSecret,
            rsaPublicKey: try pem(rsaPublicKey, "tokens.rsa_public_key"),
            ecdsaPublicKey: try pem(ecdsaPublicKey, "tokens.ecdsa_public_key"),
            jwks: jwksFile.map { .file($0) },
            audience: audience,
            issuer: issuer,
            // up to whole seconds, which tokens count in
            leeway: Int((leeway.nanoseconds + 999_999_999) / 1_000_000_000),
            userClaim: userClaim
        )
    }

    /// Whether clients may come without a token.
    var allowsAnonymous: Bool { anonymous ?? !isOn }

    private func pem(_ text: String?, _ name: String) throws(ChorusError) -> String? {
        // an error repeats a path: a key that stands behind a line break is none
        guard let text = text?.drop(while: \.isWhitespace) else { return nil }
        if text.hasPrefix("-----BEGIN") { return String(text) }
        return try KeyFile.read(String(text), as: "the key of \(name)")
    }
}

extension Settings {
    /// How clients of the Centrifuge protocol are served.
    ///
    /// - Parameter verifier: checks their tokens; `nil` if there are none.
    package func centrifugeOptions(_ verifier: (any TokenVerifier)?) -> BroadcastServer.CentrifugeOptions {
        BroadcastServer.CentrifugeOptions(
            tokens: verifier,
            allowsAnonymous: tokens.allowsAnonymous,
            personalPrefix: centrifuge.personalTopics ? centrifuge.personalPrefix : nil,
            keepAlive: centrifuge.pingInterval > .zero
                ? .init(interval: centrifuge.pingInterval, timeout: centrifuge.pongTimeout) : nil,
            topicsPerConnection: centrifuge.topics,
            commandsPerFrame: centrifuge.commands,
            commandRate: centrifuge.commandRate > 0 ? centrifuge.commandRate : nil,
            commandBurst: centrifuge.commandBurst,
            expiryGrace: centrifuge.expiryDelay,
            historyLimit: centrifuge.historyLimit
        )
    }
}
