import Chorus
import ChorusCore
import ChorusTokens
import Crypto
import Testing

@Suite("Key sets")
struct KeySetTests {
    private let ours: Keys
    private let others: Keys

    init() throws {
        ours = try Keys.ours.get()
        others = try Keys.others.get()
    }

    private func verifier(_ keys: String...) async throws -> JWTVerifier {
        let set = #"{"keys":[\#(keys.joined(separator: ","))]}"#
        return try await JWTVerifier(TokenConfiguration(jwks: .json(set)))
    }

    private func code(_ verifier: JWTVerifier, _ signer: Signer, id: String? = nil) async throws -> TokenRefusal.Code? {
        await refusal(verifier, try signer.token("{}", header: id.map { #","kid":"\#($0)""# } ?? ""))?.code
    }

    @Test("a key of every kind is used, with and without its algorithm")
    func kinds() async throws {
        let plain = try await verifier(
            try ours.rsaJWK(#","kid":"r""#),
            ours.p256JWK(#","kid":"e2""#),
            ours.p384JWK(#","kid":"e3""#),
            ours.p521JWK(#","kid":"e5""#),
            ours.ed25519JWK(#","kid":"o","use":"sig""#)
        )
        for (id, algorithms) in [
            ("r", ["RS256", "RS384", "RS512"]), ("e2", ["ES256"]), ("e3", ["ES384"]), ("e5", ["ES512"]),
            ("o", ["EdDSA"]),
        ] {
            for algorithm in allAlgorithms {
                let found = try await code(plain, try ours.signer(algorithm), id: id)
                #expect(found == (algorithms.contains(algorithm) ? nil : .algorithm), "\(id) \(algorithm)")
            }
        }
        let limited = try await verifier(
            try ours.rsaJWK(#","kid":"r","alg":"RS384""#),
            ours.ed25519JWK(#","kid":"o","alg":"Ed25519","key_ops":["verify"]"#)
        )
        #expect(try await code(limited, .rs384(ours.rsa), id: "r") == nil)
        #expect(try await code(limited, .rs256(ours.rsa), id: "r") == .algorithm)
        #expect(try await code(limited, .edDSA(ours.ed25519), id: "o") == nil)
    }

    @Test("of two keys the token says which")
    func two() async throws {
        let both = try await verifier(ours.p256JWK(#","kid":"new""#), others.p256JWK(#","kid":"old""#))
        #expect(try await code(both, .es256(ours.p256), id: "new") == nil)
        #expect(try await code(both, .es256(others.p256), id: "old") == nil)
        #expect(try await code(both, .es256(ours.p256), id: "old") == .signature)
        #expect(try await code(both, .es256(ours.p256), id: "NEW") == .unknownKey)
        #expect(try await code(both, .es256(ours.p256)) == .unknownKey)
        #expect(try await code(both, .rs256(ours.rsa), id: "new") == .algorithm)
        #expect(try await code(both, .rs256(ours.rsa)) == .algorithm)
    }

    @Test("a token that names no key is taken where there is but one of its algorithm")
    func unnamed() async throws {
        let one = try await verifier(ours.p256JWK(#","kid":"a""#), others.p384JWK(#","kid":"b""#))
        #expect(try await code(one, .es256(ours.p256)) == nil)
        #expect(try await code(one, .es384(others.p384)) == nil)
        let nameless = try await verifier(ours.p256JWK(), others.p256JWK(#","kid":"b""#))
        #expect(try await code(nameless, .es256(ours.p256)) == nil)
        #expect(try await code(nameless, .es256(ours.p256), id: "whatever") == nil)
        #expect(try await code(nameless, .es256(others.p256)) == .signature)
    }

    @Test("keys of the configuration are for tokens that name none of the set")
    func besideOthers() async throws {
        var configuration = TokenConfiguration(hmacSecret: Signer.secret)
        configuration.ecdsaPublicKey = ours.p256.publicKey.pemRepresentation
        configuration.jwks = .json(#"{"keys":[\#(others.p256JWK(#","kid":"b""#))]}"#)
        let verifier = try await JWTVerifier(configuration)
        #expect(try await code(verifier, .es256(ours.p256)) == nil)
        #expect(try await code(verifier, .es256(ours.p256), id: "a") == nil)
        #expect(try await code(verifier, .es256(ours.p256), id: "b") == .signature)
        #expect(try await code(verifier, .es256(others.p256), id: "b") == nil)
        #expect(try await code(verifier, .hs256(), id: "a") == nil)
    }

    @Test("keys for other purposes, and of kinds that are not known, are passed over")
    func otherKinds() async throws {
        let verifier = try await verifier(
            #"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA","kid":"k"}"#,
            #"{"kty":"OKP","crv":"X25519","x":"AA","kid":"x"}"#,
            #"{"kty":"new","kid":"n"}"#,
            try ours.rsaJWK(#","kid":"enc","use":"enc""#),
            try ours.rsaJWK(#","kid":"wrap","key_ops":["wrapKey"]"#),
            try ours.rsaJWK(#","kid":"oaep","alg":"RSA-OAEP""#),
            try ours.rsaJWK(#","kid":"pss","alg":"PS256""#),
            ours.p256JWK(#","kid":"wrong","alg":"ES384""#),
            ours.p256JWK(#","kid":"good""#)
        )
        #expect(try await code(verifier, .es256(ours.p256), id: "good") == nil)
        #expect(try await code(verifier, .es256(ours.p256), id: "wrong") == .unknownKey)
        for id in ["enc", "wrap", "oaep", "pss"] {
            #expect(try await code(verifier, .rs256(ours.rsa), id: id) == .algorithm, "\(id)")
        }
    }

    @Test(
        "a set that cannot be used is no configuration, and the key is named",
        arguments: [
            ("no JSON", "{"), ("keys", "{}"), ("keys", "[]"), ("keys", #"{"keys":{}}"#), ("no key", #"{"keys":[]}"#),
            ("no key", #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#), ("number 1", #"{"keys":[{}]}"#),
            ("number 2", #"{"keys":[{"kty":"new"},1]}"#), (#""r""#, #"{"keys":[{"kty":"RSA","kid":"r","n":"AQAB"}]}"#),
            (#""r""#, #"{"keys":[{"kty":"RSA","kid":"r","n":"!","e":"AQAB"}]}"#),
            (#""r""#, #"{"keys":[{"kty":"RSA","kid":"r","n":"AQAB","e":"AQAB"}]}"#),
            (#""e""#, #"{"keys":[{"kty":"EC","kid":"e","crv":"P-256","x":"AAAA","y":"AAAA"}]}"#),
            (#""o""#, #"{"keys":[{"kty":"OKP","kid":"o","crv":"Ed25519","x":"AAAA"}]}"#),
        ]
    )
    func bad(_ word: String, _ set: String) async throws {
        let error = await #expect(throws: ChorusError.self) {
            try await JWTVerifier(TokenConfiguration(jwks: .json(set)))
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains(word) == true, "\(error.map { "\($0)" } ?? "")")
    }
}
