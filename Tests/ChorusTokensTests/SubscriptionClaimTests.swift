import Chorus
import ChorusTokens
import NIOCore
import Testing

@Suite("What a subscription token says")
struct SubscriptionClaimTests {
    private static let table: [(String, SubscriptionToken)] = [
        (#"{"channel":"news"}"#, SubscriptionToken(user: "", topic: "news")),
        (#"{"sub":"ann","channel":"chat:1","client":""}"#, SubscriptionToken(user: "ann", topic: "chat:1")),
        (
            #"{"sub":"ann","channel":"a","client":"c1","exp":1000001,"iat":5,"jti":"x","info":1,"data":[2],"meta":3}"#,
            SubscriptionToken(
                user: "ann",
                topic: "a",
                client: "c1",
                expiresAt: 1_000_001,
                id: "x",
                issuedAt: 5,
                info: ByteBuffer(string: "1"),
                data: ByteBuffer(string: "[2]")
            )
        ),
        (#"{"channel":"a","exp":1000001,"expire_at":0}"#, SubscriptionToken(user: "", topic: "a")),
        (
            #"{"channel":"a","b64info":"MQ==","b64data":"Mg==","override":{"force_recovery":{"value":true}}}"#,
            SubscriptionToken(
                user: "",
                topic: "a",
                info: ByteBuffer(string: "1"),
                data: ByteBuffer(string: "2"),
                overrides: SubscriptionOverrides(forceRecovery: true)
            )
        ),
    ]

    @Test("is this", arguments: table)
    func claims(_ claims: String, _ expected: SubscriptionToken) async throws {
        #expect(try await makeVerifier().subscription(try Signer.hs256().token(claims)) == expected)
    }

    @Test(
        "a claim that cannot be is named",
        arguments: [
            ("channel", "{}"), ("channel", #"{"channel":null}"#), ("channel", #"{"channel":1}"#),
            ("topic", #"{"channel":""}"#),
            ("client", #"{"channel":"a","client":1}"#), ("sub", #"{"channel":"a","sub":1}"#),
            ("override", #"{"channel":"a","override":1}"#), ("b64data", #"{"channel":"a","b64data":"?"}"#),
        ]
    )
    func badClaims(_ name: String, _ claims: String) async throws {
        let found = await subscriptionRefusal(try await makeVerifier(), try Signer.hs256().token(claims))
        #expect(found?.code == .claim)
        #expect(found?.message.contains(name) == true, "\(found?.message ?? "")")
    }
}
