import Chorus
import ChorusTokens
import Testing

/// What forgers try (RFC 8725 section 2).
@Suite("Forged tokens")
struct ConfusionTests {
    private let keys: Keys

    init() throws { keys = try Keys.ours.get() }

    @Test("a token that is not signed is refused, however it says so", arguments: ["none", "None", "NONE", "nOnE"])
    func none(_ name: String) async throws {
        let verifier = try await makeVerifier()
        let header = base64URL(#"{"alg":"\#(name)"}"#.utf8)
        let claims = base64URL(#"{"sub":"ann"}"#.utf8)
        for token in ["\(header).\(claims).", "\(header).\(claims).AAAA"] {
            #expect(await refusal(verifier, token)?.code == .algorithm)
        }
        // with a good signature too
        #expect(await refusal(verifier, try Signer.hs256().token("{}", algorithm: name))?.code == .algorithm)
    }

    @Test(
        "an algorithm that is not known is refused",
        arguments: ["", "hs256", "HS1", "PS256", "ES256K", "dir", "\\n"]
    )
    func unknownAlgorithm(_ name: String) async throws {
        let found = await refusal(try await makeVerifier(), try Signer.hs256().token("{}", algorithm: name))
        #expect(found?.code == .algorithm)
        // a sentence in one line
        #expect(found?.message.contains("\n") == false)
    }

    @Test("what a stranger has sent is repeated but shortly, whatever it counts as one character")
    func longName() async throws {
        let name = "e" + String(repeating: "\u{301}", count: 10_000)
        let found = await refusal(try await makeVerifier(), try Signer.hs256().token("{}", algorithm: name))
        #expect(found?.code == .algorithm)
        #expect(found?.message.utf8.count ?? .max < 1000)
    }

    @Test("a public key is no secret", arguments: ["RS256", "ES256", "EdDSA"])
    func publicKeyAsSecret(_ algorithm: String) async throws {
        var configuration = keys.configuration(algorithm)
        let pem = configuration.rsaPublicKey ?? configuration.ecdsaPublicKey ?? configuration.eddsaPublicKey ?? ""
        let verifier = try await JWTVerifier(configuration)
        configuration.hmacSecret = Signer.secret
        let both = try await JWTVerifier(configuration)
        for secret in [pem, pem + "\n", String(pem.dropLast())] {
            for name in ["HS256", "HS384", "HS512"] {
                let token = try keys.signer(name, secret: secret).token(#"{"sub":"ann"}"#)
                #expect(await refusal(verifier, token)?.code == .algorithm)
                #expect(await refusal(both, token)?.code == .signature)
            }
        }
    }

    @Test("the name of a public key does not make it a secret")
    func namedKey() async throws {
        let set = try #"{"keys":[\#(keys.rsaJWK(#","kid":"r""#)),\#(keys.p256JWK(#","kid":"e""#))]}"#
        let verifier = try await makeVerifier { $0.jwks = .json(set) }
        for id in ["r", "e"] {
            let token = try Signer.hs256().token("{}", header: #","kid":"\#(id)""#)
            #expect(await refusal(verifier, token)?.code == .algorithm)
        }
        let swapped = try Signer.es256(keys.p256).token("{}", header: #","kid":"r""#)
        #expect(await refusal(verifier, swapped)?.code == .algorithm)
    }

    @Test("a symmetric key of a key set is not used")
    func symmetricKey() async throws {
        let secret = base64URL(Signer.secret.utf8)
        let set = #"{"keys":[{"kty":"oct","k":"\#(secret)","kid":"s","alg":"HS256"},\#(keys.p256JWK())]}"#
        let verifier = try await JWTVerifier(TokenConfiguration(jwks: .json(set)))
        let token = try Signer.hs256().token("{}", header: #","kid":"s""#)
        #expect(await refusal(verifier, token)?.code == .algorithm)
    }

    @Test("keys that a token brings along are not looked at")
    func ownKey() async throws {
        let others = try Keys.others.get()
        let verifier = try await JWTVerifier(keys.configuration("ES256"))
        let own = #","jwk":\#(others.p256JWK()),"jku":"http://127.0.0.1:1/keys","x5c":["AAAA"]"#
        let token = try Signer.es256(others.p256).token("{}", header: own)
        #expect(await refusal(verifier, token)?.code == .signature)
    }

    @Test("a signature of zeros is none (CVE-2022-21449)", arguments: ["ES256", "ES384", "ES512", "EdDSA", "RS256"])
    func zeros(_ algorithm: String) async throws {
        let verifier = try await JWTVerifier(keys.configuration(algorithm))
        let parts = try keys.signer(algorithm).token("{}").split(separator: ".")
        for size in [0, 1, 63, 64, 65, 96, 132, 256] {
            let token = "\(parts[0]).\(parts[1]).\(base64URL(Array(repeating: 0, count: size)))"
            #expect(await refusal(verifier, token)?.code == .signature, "\(size)")
        }
    }

    @Test("a right to one topic is none to all, and the other way round")
    func kinds() async throws {
        let verifier = try await makeVerifier()
        let subscription = try Signer.hs256().token(#"{"sub":"ann","channel":"news"}"#)
        #expect(await refusal(verifier, subscription)?.code == .claim)
        let connection = try Signer.hs256().token(#"{"sub":"ann","channels":["news"]}"#)
        #expect(await subscriptionRefusal(verifier, connection)?.code == .claim)
    }
}
