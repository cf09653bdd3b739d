import Chorus
import ChorusTokens
import Testing

@Suite("When a token is valid")
struct TimeTests {
    @Test(
        "before exp, and not at it; from nbf on; by the leeway more",
        arguments: [
            (#"{"exp":1000001}"#, 0, nil), (#"{"exp":1000000}"#, 0, .expired), (#"{"exp":999999}"#, 0, .expired),
            (#"{"exp":0}"#, 0, .expired), (#"{"exp":-9223372036854775808}"#, 60, .expired),
            (#"{"exp":999941}"#, 60, nil), (#"{"exp":999940}"#, 60, .expired), (#"{"nbf":1000000}"#, 0, nil),
            (#"{"nbf":1000001}"#, 0, .notYetValid), (#"{"nbf":1000060}"#, 60, nil),
            (#"{"nbf":1000061}"#, 60, .notYetValid), (#"{"nbf":9223372036854775807}"#, 60, .notYetValid),
            (#"{"iat":2000000}"#, 0, nil), (#"{"exp":1000,"nbf":2000000}"#, 0, .expired),
        ] as [(String, Int, TokenRefusal.Code?)]
    )
    func bounds(_ claims: String, _ leeway: Int, _ code: TokenRefusal.Code?) async throws {
        let verifier = try await makeVerifier { $0.leeway = leeway }
        #expect(await refusal(verifier, try Signer.hs256().token(claims))?.code == code)
    }

    @Test("a token ends while its verifier lives")
    func passing() async throws {
        let clock = ManualClock(1000)
        let verifier = try await JWTVerifier(TokenConfiguration(hmacSecret: Signer.secret), now: clock.now)
        let token = try Signer.hs256().token(#"{"nbf":1010,"exp":1020}"#)
        #expect(await refusal(verifier, token)?.message == "the token begins to be valid in 10 seconds")
        clock.set(1010)
        #expect(await refusal(verifier, token) == nil)
        clock.set(1020)
        #expect(await refusal(verifier, token)?.message == "the token expired 0 seconds ago")
        clock.set(1021)
        #expect(await refusal(verifier, token)?.message == "the token expired 1 second ago")
        clock.set(1020 + 7200)
        #expect(await refusal(verifier, token)?.message == "the token expired 2 hours ago")
    }

    @Test("what it opens expires later by the leeway, so that a token that is accepted is of use")
    func leeway() async throws {
        let verifier = try await makeVerifier { $0.leeway = 60 }
        let connection = try await verifier.connection(try Signer.hs256().token(#"{"exp":999990}"#))
        #expect(connection.expiresAt == 1_000_050)
        let subscription = try await verifier.subscription(try Signer.hs256().token(#"{"channel":"a","exp":999990}"#))
        #expect(subscription.expiresAt == 1_000_050)
        let late = try await verifier.connection(try Signer.hs256().token(#"{"exp":9223372036854775807}"#))
        #expect(late.expiresAt == .max)
    }

    @Test(
        "what it opens must not have ended",
        arguments: [
            (#"{"channel":"a","expire_at":1000001}"#, 0, nil), (#"{"channel":"a","expire_at":1000000}"#, 0, .expired),
            (#"{"channel":"a","expire_at":7,"exp":2000000}"#, 0, .expired),
            (#"{"channel":"a","expire_at":999941}"#, 60, nil), (#"{"channel":"a","expire_at":999940}"#, 60, .expired),
        ] as [(String, Int, TokenRefusal.Code?)]
    )
    func ends(_ claims: String, _ leeway: Int, _ code: TokenRefusal.Code?) async throws {
        let verifier = try await makeVerifier { $0.leeway = leeway }
        #expect(await subscriptionRefusal(verifier, try Signer.hs256().token(claims))?.code == code)
        let connection = claims.replacing(#""channel":"a","#, with: "")
        let found = await refusal(verifier, try Signer.hs256().token(connection))
        #expect(found?.code == code)
        #expect(found?.message.hasPrefix("what the token opens ended ") ?? true)
    }

    @Test("a signature that is no good is found before a time that is over")
    func order() async throws {
        let token = try Signer.hs256("another secret of as many bytes as it needs").token(#"{"exp":1}"#)
        #expect(await refusal(try await makeVerifier(), token)?.code == .signature)
    }
}
