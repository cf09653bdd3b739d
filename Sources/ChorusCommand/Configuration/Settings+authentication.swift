import Chorus
import ChorusCore
import ChorusTokens

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

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
            leeway: Int(leeway.nanoseconds / 1_000_000_000),
            userClaim: userClaim
        )
    }

    /// Whether clients may come without a token.
    var allowsAnonymous: Bool { anonymous ?? !isOn }

    private func pem(_ text: String?, _ name: String) throws(ChorusError) -> String? {
        guard let text, !text.hasPrefix("-----BEGIN") else { return text }
        do {
            return try String(contentsOfFile: text, encoding: .utf8)
        } catch {
            throw ChorusError(.invalidConfiguration, "the key of \(name), \(text), cannot be read", cause: error)
        }
    }
}

extension Settings {
    /// How clients of the Centrifuge protocol are served.
    ///
    /// - Parameter verifier: checks their tokens; `nil` if there are none.
    func centrifugeOptions(_ verifier: (any TokenVerifier)?) -> BroadcastServer.CentrifugeOptions {
        BroadcastServer.CentrifugeOptions(
            tokens: verifier,
            allowsAnonymous: tokens.allowsAnonymous,
            personalPrefix: centrifuge.personalTopics ? centrifuge.personalPrefix : nil,
            keepAlive: centrifuge.pingInterval > .zero
                ? .init(interval: centrifuge.pingInterval, timeout: centrifuge.pongTimeout) : nil,
            topicsPerConnection: centrifuge.topics,
            commandsPerFrame: centrifuge.commands,
            expiryGrace: centrifuge.expiryDelay,
            historyLimit: centrifuge.historyLimit,
            callTime: rpc.timeout
        )
    }
}
