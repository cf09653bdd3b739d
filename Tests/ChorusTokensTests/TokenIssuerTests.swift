import Chorus
import ChorusCore
import ChorusTokens
import Crypto
import CryptoExtras
import NIOCore
import Testing

@Suite("Making tokens")
struct TokenIssuerTests {
    private static func json(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

    private static let connections: [ConnectionToken] = [
        ConnectionToken(),
        ConnectionToken(user: "ann \"the\" ä\n"),
        ConnectionToken(
            user: "ann",
            expiresAt: 2_000_000,
            id: "x",
            issuedAt: 1_000_000,
            info: json(#"{"name":"Ann"}"#),
            subscriptions: [
                ServerSubscription(
                    topic: "chat:1",
                    info: json("1"),
                    data: json("[2]"),
                    overrides: SubscriptionOverrides(presence: true, joinLeave: false)
                ),
                ServerSubscription(topic: "only overrides", overrides: SubscriptionOverrides(forcePositioning: true)),
                ServerSubscription(topic: "plain"), ServerSubscription(topic: "plain 2"),
            ],
            meta: json(#"{"role":"admin"}"#)
        ),
    ]

    @Test("what is signed is read again", arguments: connections)
    func connection(_ token: ConnectionToken) async throws {
        let text = try await TokenIssuer(hmacSecret: Signer.secret).sign(token)
        #expect(try await makeVerifier().connection(text) == token)
    }

    @Test(
        "of a subscription token too",
        arguments: [
            SubscriptionToken(user: "", topic: "news"),
            SubscriptionToken(
                user: "ann",
                topic: "chat:1",
                client: "c",
                expiresAt: 2_000_000,
                id: "x",
                issuedAt: 1_000_000,
                info: json("1"),
                data: json("2"),
                overrides: SubscriptionOverrides(forceRecovery: true, forcePushJoinLeave: false)
            ),
        ]
    )
    func subscription(_ token: SubscriptionToken) async throws {
        let text = try await TokenIssuer(hmacSecret: Signer.secret).sign(token)
        #expect(try await makeVerifier().subscription(text) == token)
    }

    @Test("audience, issuer and the user's claim are as they are set")
    func parties() async throws {
        var issuer = try await TokenIssuer(hmacSecret: Signer.secret)
        issuer.audience = "chat"
        issuer.issuer = "us"
        issuer.userClaim = "uid"
        let verifier = try await makeVerifier {
            $0.audience = "chat"
            $0.issuer = "us"
            $0.userClaim = "uid"
        }
        #expect(try await verifier.connection(try issuer.sign(ConnectionToken(user: "ann"))).user == "ann")
        let found = await refusal(try await makeVerifier { $0.audience = "mail" }, try issuer.sign(ConnectionToken()))
        #expect(found?.code == .audience)
    }

    @Test("every kind of private key signs, and is named if it has a name")
    func privateKeys() async throws {
        let keys = try Keys.ours.get()
        for (algorithm, pem) in [
            ("RS256", keys.rsa.pemRepresentation), ("ES256", keys.p256.pemRepresentation),
            ("ES384", keys.p384.pemRepresentation), ("ES512", keys.p521.pemRepresentation),
            ("EdDSA", keys.ed25519.pemRepresentation),
        ] {
            let plain = try await TokenIssuer(privateKey: pem).sign(ConnectionToken(user: "ann"))
            #expect(try await JWTVerifier(keys.configuration(algorithm)).connection(plain).user == "ann")
            let named = try await TokenIssuer(privateKey: pem, keyID: "k1").sign(ConnectionToken())
            let other = #"{"keys":[\#(keys.p256JWK(#","kid":"k2""#)),\#(keys.ed25519JWK(#","kid":"k3""#))]}"#
            let found = await refusal(try await JWTVerifier(TokenConfiguration(jwks: .json(other))), named)
            #expect(found?.code == (["ES256", "EdDSA"].contains(algorithm) ? .unknownKey : .algorithm), "\(algorithm)")
        }
    }

    @Test("what is no private key, or no secret, is refused")
    func unusable() async throws {
        let keys = try Keys.ours.get()
        for pem in ["", "x", keys.p256.publicKey.pemRepresentation, keys.rsa.publicKey.pemRepresentation] {
            let error = await #expect(throws: ChorusError.self) { try await TokenIssuer(privateKey: pem) }
            #expect(error?.code == .invalidConfiguration)
        }
        await #expect(throws: ChorusError.self) { try await TokenIssuer(hmacSecret: "") }
    }
}
