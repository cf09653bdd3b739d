import Chorus
import ChorusCore
import ChorusTokens
import Crypto
import CryptoExtras
import Testing

@Suite("Configuration of tokens")
struct TokenConfigurationTests {
    private let keys: Keys

    init() throws { keys = try Keys.ours.get() }

    private func error(_ configuration: TokenConfiguration) async -> ChorusError? {
        do throws(ChorusError) {
            _ = try await JWTVerifier(configuration)
            return nil
        } catch {
            return error
        }
    }

    @Test("without a key, or with one that cannot be used, there is no verifier")
    func unusable() async throws {
        let rsa = keys.rsa.publicKey.pemRepresentation
        let p256 = keys.p256.publicKey.pemRepresentation
        let broken = p256.replacing("\n", with: "\nAAAA", maxReplacements: 1)
        for configuration in [
            TokenConfiguration(), TokenConfiguration(hmacSecret: ""), TokenConfiguration(rsaPublicKey: ""),
            TokenConfiguration(rsaPublicKey: p256), TokenConfiguration(rsaPublicKey: keys.rsa.pemRepresentation),
            TokenConfiguration(ecdsaPublicKey: rsa), TokenConfiguration(ecdsaPublicKey: broken),
            TokenConfiguration(ecdsaPublicKey: keys.ed25519.publicKey.pemRepresentation),
            TokenConfiguration(eddsaPublicKey: p256), TokenConfiguration(hmacSecret: Signer.secret, leeway: -1),
            TokenConfiguration(hmacSecret: Signer.secret, leeway: 3601),
            TokenConfiguration(hmacSecret: Signer.secret, userClaim: ""),
            TokenConfiguration(hmacSecret: Signer.secret, maximumSize: 0),
        ] {
            #expect(await error(configuration)?.code == .invalidConfiguration, "\(configuration)")
        }
    }

    @Test("an RSA key of 1,024 bits is too short")
    func shortRSA() async throws {
        let pem = """
            -----BEGIN PUBLIC KEY-----
            MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC0cOtPjzABybjzm3fCg1aCYwnx
            PmjXpbCkecAWLj/CcDWEcuTZkYDiSG0zgglbbbhcV0vJQDWSv60tnlA3cjSYutAv
            7FPo5Cq8FkvrdDzeacwRSxYuIq1LtYnd6I30qNaNthntjvbqyMmBulJ1mzLI+Xg/
            aX4rbSL49Z3dAQn8vQIDAQAB
            -----END PUBLIC KEY-----
            """
        let found = await error(TokenConfiguration(rsaPublicKey: pem))
        #expect(found?.message.contains("2,048") == true)
    }

    @Test("no error has a key in it")
    func noKeys() async throws {
        let pem = keys.rsa.pemRepresentation
        let line = try #require(pem.split(separator: "\n").dropFirst(3).first)
        for configuration in [
            TokenConfiguration(rsaPublicKey: pem), TokenConfiguration(ecdsaPublicKey: pem),
            TokenConfiguration(eddsaPublicKey: pem), TokenConfiguration(jwks: .json(pem)),
            TokenConfiguration(jwks: .json(#"{"keys":[{"kty":"RSA","n":"\#(line)","e":"\#(line)"}]}"#)),
        ] {
            let found = try #require(await error(configuration))
            #expect(!"\(found)".contains(line))
        }
    }

    @Test("a public key in PEM form is taken for what it is")
    func kinds() async throws {
        for algorithm in ["RS256", "ES256", "ES384", "ES512", "EdDSA"] {
            let expected = keys.configuration(algorithm)
            let pem = expected.rsaPublicKey ?? expected.ecdsaPublicKey ?? expected.eddsaPublicKey ?? ""
            var configuration = TokenConfiguration()
            #expect(!configuration.hasKeys)
            try await configuration.add(publicKey: pem)
            #expect(configuration == expected)
            #expect(configuration.hasKeys)
        }
        var configuration = TokenConfiguration()
        await #expect(throws: ChorusError.self) { try await configuration.add(publicKey: "no key") }
    }
}
