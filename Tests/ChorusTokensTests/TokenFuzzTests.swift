import Chorus
import ChorusTokens
import Foundation
import FuzzSupport
import Testing

/// Tokens that somebody has been at: none is accepted that says anything else than one that was signed.
@Suite("Fuzz: tokens")
struct TokenFuzzTests {
    @Test("a token that was changed is refused, and no refusal repeats it")
    func changed() async throws {
        let keys = try Keys.ours.get()
        let verifier = try await JWTVerifier(
            TokenConfiguration(
                hmacSecret: Signer.secret,
                jwks: .json(#"{"keys":[\#(keys.p256JWK(#","kid":"a""#)),\#(keys.ed25519JWK(#","kid":"b""#))]}"#)
            )
        )
        let claims = #"{"sub":"ann","exp":99999999999,"info":{"a":[1,2]},"channels":["x"],"subs":{"y":{"data":1}}}"#
        let tokens = [
            try Signer.hs256().token(claims), try Signer.hs512().token(claims),
            try Signer.es256(keys.p256).token(claims, header: #","kid":"a""#),
            try Signer.edDSA(keys.ed25519).token(claims, header: #","kid":"b""#),
        ]
        for token in tokens { #expect(await refusal(verifier, token) == nil) }
        var codes: Set<String> = []
        for seed in Fuzz.seeds(Fuzz.count(percent: 100, of: 20_000)) {
            var mutator = Mutator(seed: seed)
            let token = mutator.changed(tokens)
            guard let found = await refusal(verifier, token) else {
                // only bits that base64 has too many of may differ
                let isSame = tokens.contains { Self.decoded($0) == Self.decoded(token) }
                #expect(isSame, "CHORUS_FUZZ_SEED=\(seed): \(token)")
                continue
            }
            codes.insert(found.code.description)
            let isRepeated = token.split(separator: ".").contains { $0.count > 16 && found.message.contains($0) }
            #expect(!isRepeated, "CHORUS_FUZZ_SEED=\(seed): \(found)")
        }
        #expect(codes.isSuperset(of: ["malformed", "algorithm", "unknown_key", "signature"]), "\(codes)")
    }

    private static func decoded(_ token: String) -> [Data?] {
        token.split(separator: ".", omittingEmptySubsequences: false).map { part in
            let text = part.replacing("-", with: "+").replacing("_", with: "/")
            return Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4))
        }
    }
}

/// Makes other tokens of tokens, the same ones of the same seed.
private struct Mutator {
    private var dice: Dice

    init(seed: UInt64) { dice = Dice(seed: seed) }

    mutating func changed(_ tokens: [String]) -> String {
        let token = dice.pick(tokens)
        switch dice.below(4) {
        case 0: return bytes(token)
        case 1: return parts(token, dice.pick(tokens))
        case 2: return header(token)
        default: return bytes(parts(token, dice.pick(tokens)))
        }
    }

    /// Some characters are others, more or fewer.
    private mutating func bytes(_ token: String) -> String {
        var bytes = Array(token.utf8)
        let others = Array("ABCabc0189-_.=+/ \n{\"".utf8)
        dice.change(&bytes, 1 + dice.below(4)) { $0.pick(others) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One token's parts, and another's.
    private mutating func parts(_ token: String, _ other: String) -> String {
        let both = (token.split(separator: "."), other.split(separator: "."))
        return (0..<3).map { String(dice.below(2) == 0 ? both.0[$0] : both.1[$0]) }.joined(separator: ".")
    }

    /// Another header over the same claims and signature.
    private mutating func header(_ token: String) -> String {
        let names = ["none", "HS256", "HS384", "RS256", "ES256", "EdDSA", "", "x"]
        let ids = [
            "", #","kid":"a""#, #","kid":"b""#, #","kid":"c""#, #","kid":"\#(String(repeating: "k", count: 200))""#,
        ]
        let header = base64URL(#"{"alg":"\#(dice.pick(names))"\#(dice.pick(ids))}"#.utf8)
        return "\(header).\(token.split(separator: ".").dropFirst().joined(separator: "."))"
    }
}
