import Chorus
import ChorusTokens
import Testing

@Suite("Whom a token is for, and by whom it is")
struct PartyTests {
    @Test(
        "it must be for the audience, if one is asked for",
        arguments: [
            (#"{"aud":"chat"}"#, nil), (#"{"aud":["mail","chat"]}"#, nil), ("{}", .audience),
            (#"{"aud":"mail"}"#, .audience),
            (#"{"aud":[]}"#, .audience), (#"{"aud":""}"#, .audience), (#"{"aud":"chat2"}"#, .audience),
            (#"{"aud":"Chat"}"#, .audience), (#"{"aud":1}"#, .claim), (#"{"aud":["chat",1]}"#, .claim),
        ] as [(String, TokenRefusal.Code?)]
    )
    func audience(_ claims: String, _ code: TokenRefusal.Code?) async throws {
        let token = try Signer.hs256().token(claims)
        #expect(await refusal(try await makeVerifier { $0.audience = "chat" }, token)?.code == code)
        #expect(await refusal(try await makeVerifier(), token) == nil)
    }

    @Test(
        "it must be by the issuer, if one is asked for",
        arguments: [
            (#"{"iss":"https://id.example"}"#, nil), ("{}", .issuer), (#"{"iss":"https://id.example/"}"#, .issuer),
            (#"{"iss":null}"#, .issuer), (#"{"iss":["https://id.example"]}"#, .claim),
        ] as [(String, TokenRefusal.Code?)]
    )
    func issuer(_ claims: String, _ code: TokenRefusal.Code?) async throws {
        let token = try Signer.hs256().token(claims)
        #expect(await refusal(try await makeVerifier { $0.issuer = "https://id.example" }, token)?.code == code)
        #expect(await refusal(try await makeVerifier(), token) == nil)
    }

    @Test("the sentence says whose it is")
    func sentences() async throws {
        let verifier = try await makeVerifier {
            $0.audience = "chat"
            $0.issuer = "us"
        }
        let foreign = try Signer.hs256().token(#"{"aud":"mail","iss":"us"}"#)
        #expect(await refusal(verifier, foreign)?.message == #"the token is for "mail" (aud), not for "chat""#)
        let other = try Signer.hs256().token(#"{"aud":"chat","iss":"them"}"#)
        #expect(await refusal(verifier, other)?.message == #"the token is by "them" (iss), not by "us""#)
    }
}
