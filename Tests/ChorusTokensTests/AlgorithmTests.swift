import Chorus
import ChorusTokens
import Crypto
import CryptoExtras
import Testing

@Suite("Algorithms of tokens")
struct AlgorithmTests {
    private let ours: Keys
    private let others: Keys

    init() throws {
        ours = try Keys.ours.get()
        others = try Keys.others.get()
    }

    @Test("every algorithm is accepted with its key, and alone", arguments: allAlgorithms)
    func accepted(_ algorithm: String) async throws {
        let verifier = try await JWTVerifier(ours.configuration(algorithm))
        let token = try ours.signer(algorithm).token(#"{"sub":"ann"}"#)
        #expect(try await verifier.connection(token).user == "ann")
        for other in allAlgorithms where other.prefix(2) != algorithm.prefix(2) {
            let token = try ours.signer(other).token(#"{"sub":"ann"}"#)
            #expect(await refusal(verifier, token)?.code == .algorithm, "\(other)")
        }
    }

    @Test("a curve is for its own algorithm", arguments: ["ES256", "ES384", "ES512"])
    func curves(_ algorithm: String) async throws {
        let verifier = try await JWTVerifier(ours.configuration(algorithm))
        for other in ["ES256", "ES384", "ES512"] where other != algorithm {
            #expect(await refusal(verifier, try ours.signer(other).token("{}"))?.code == .algorithm, "\(other)")
            // the right key under a wrong name
            let renamed = try ours.signer(algorithm).token("{}", algorithm: other)
            #expect(await refusal(verifier, renamed)?.code == .algorithm, "\(other)")
        }
    }

    @Test("the signature of another key is none", arguments: allAlgorithms)
    func otherKey(_ algorithm: String) async throws {
        let verifier = try await JWTVerifier(ours.configuration(algorithm))
        let token = try others.signer(algorithm, secret: "another secret of as many bytes as it needs").token("{}")
        #expect(await refusal(verifier, token)?.code == .signature)
    }

    @Test("who changes claims, header or signature has no signature", arguments: allAlgorithms)
    func changed(_ algorithm: String) async throws {
        let verifier = try await JWTVerifier(ours.configuration(algorithm))
        let signer = try ours.signer(algorithm)
        let parts = try signer.token(#"{"sub":"ann"}"#).split(separator: ".").map(String.init)
        let claims = base64URL(#"{"sub":"bob"}"#.utf8)
        let header = base64URL(#"{"alg":"\#(algorithm)","typ":"jwt"}"#.utf8)
        for token in [
            "\(parts[0]).\(claims).\(parts[2])", "\(header).\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1]).",
            "\(parts[0]).\(parts[1]).AAAA", "\(parts[0]).\(parts[1]).\(parts[2].dropLast(4))",
        ] {
            #expect(await refusal(verifier, token)?.code == .signature, "\(token)")
        }
    }

    @Test("all kinds of keys are in use side by side")
    func together() async throws {
        let verifier = try await JWTVerifier(
            TokenConfiguration(
                hmacSecret: Signer.secret,
                rsaPublicKey: ours.rsa.publicKey.pemRepresentation,
                ecdsaPublicKey: ours.p384.publicKey.pemRepresentation,
                eddsaPublicKey: ours.ed25519.publicKey.pemRepresentation
            )
        )
        for algorithm in allAlgorithms where !["ES256", "ES512"].contains(algorithm) {
            #expect(await refusal(verifier, try ours.signer(algorithm).token("{}")) == nil, "\(algorithm)")
        }
    }

    @Test("a secret of any length is the secret", arguments: [1, 6, 31, 32, 48, 63, 64, 65, 128, 200])
    func secretLength(_ length: Int) async throws {
        let secret = String(repeating: "ä", count: length / 2) + String(repeating: "x", count: length % 2)
        let configuration = TokenConfiguration(hmacSecret: secret)
        #expect(configuration.hasShortSecret == (length < 32))
        let verifier = try await JWTVerifier(configuration)
        for algorithm in ["HS256", "HS384", "HS512"] {
            let token = try ours.signer(algorithm, secret: secret).token("{}")
            #expect(await refusal(verifier, token) == nil, "\(algorithm)")
            let other = try ours.signer(algorithm, secret: secret + "x").token("{}")
            #expect(await refusal(verifier, other)?.code == .signature, "\(algorithm)")
        }
    }
}
