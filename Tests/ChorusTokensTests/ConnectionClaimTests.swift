import Chorus
import ChorusTokens
import NIOCore
import Testing

@Suite("What a connection token says")
struct ConnectionClaimTests {
    private func read(
        _ claims: String,
        _ change: (inout TokenConfiguration) -> Void = { _ in }
    ) async throws -> ConnectionToken {
        try await makeVerifier(change).connection(try Signer.hs256().token(claims))
    }

    private static func json(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

    private static let table: [(String, ConnectionToken)] = [
        ("{}", ConnectionToken()),
        (#"{"sub":"ann"}"#, ConnectionToken(user: "ann")),
        (#"{"sub":"","exp":null,"info":null}"#, ConnectionToken()),
        (#"{"sub":"a","sub":"b"}"#, ConnectionToken(user: "b")),
        (#"{"sub":"\u00e4\"\n"}"#, ConnectionToken(user: "ä\"\n")),
        (#"{"exp":1000001}"#, ConnectionToken(expiresAt: 1_000_001)),
        (#"{"exp":1000001.9}"#, ConnectionToken(expiresAt: 1_000_001)),
        (#"{"exp":1.1e6}"#, ConnectionToken(expiresAt: 1_100_000)),
        (#"{"exp":9223372036854775807}"#, ConnectionToken(expiresAt: .max)),
        (#"{"exp":1000001,"expire_at":1000500}"#, ConnectionToken(expiresAt: 1_000_500)),
        (#"{"exp":1000001,"expire_at":0}"#, ConnectionToken()),
        (#"{"exp":1000001,"expire_at":-1}"#, ConnectionToken()),
        (#"{"expire_at":1000007}"#, ConnectionToken(expiresAt: 1_000_007)),
        (#"{"jti":"x","iat":999999}"#, ConnectionToken(id: "x", issuedAt: 999_999)),
        (#"{"info":{ "name": "Ann" }}"#, ConnectionToken(info: json(#"{"name":"Ann"}"#))),
        (#"{"info":false,"meta":[1, 2]}"#, ConnectionToken(info: json("false"), meta: json("[1,2]"))),
        (#"{"info":1,"b64info":"eyJhIjogMX0="}"#, ConnectionToken(info: json(#"{"a":1}"#))),
        (#"{"info":1,"b64info":""}"#, ConnectionToken(info: json("1"))),
        (
            #"{"channels":["a","b","a"]}"#,
            ConnectionToken(subscriptions: [ServerSubscription(topic: "a"), ServerSubscription(topic: "b")])
        ),
        (
            #"{"channels":["a","b"],"subs":{"b":{"info":1,"data":{}},"c":{"b64info":"Mg==","b64data":"Mw=="}}}"#,
            ConnectionToken(subscriptions: [
                ServerSubscription(topic: "b", info: json("1"), data: json("{}")),
                ServerSubscription(topic: "c", info: json("2"), data: json("3")),
                ServerSubscription(topic: "a"),
            ])
        ),
        (#"{"channels":null,"subs":null}"#, ConnectionToken()),
        (
            """
            {"subs":{"a":{"override":{"presence":{"value":true},"join_leave":{"value":false},"force_recovery":{},\
            "force_positioning":{"value":true},"force_push_join_leave":null}},"b":{"override":null}}}
            """,
            ConnectionToken(subscriptions: [
                ServerSubscription(
                    topic: "a",
                    overrides: SubscriptionOverrides(
                        presence: true,
                        joinLeave: false,
                        forceRecovery: false,
                        forcePositioning: true
                    )
                ),
                ServerSubscription(topic: "b"),
            ])
        ),
        (#"{"something":"else","role":["admin"],"https://example.com/x":{}}"#, ConnectionToken()),
    ]

    @Test("is this", arguments: table)
    func claims(_ claims: String, _ expected: ConnectionToken) async throws {
        #expect(try await read(claims) == expected)
    }

    @Test(
        "a claim that cannot be is named",
        arguments: [
            ("sub", #"{"sub":1}"#), ("sub", #"{"sub":["ann"]}"#), ("exp", #"{"exp":"1000001"}"#),
            ("exp", #"{"exp":true}"#),
            ("exp", #"{"exp":1e300}"#), ("expire_at", #"{"expire_at":"0"}"#), ("nbf", #"{"nbf":[]}"#),
            ("iat", #"{"iat":"now"}"#), ("jti", #"{"jti":7}"#), ("b64info", #"{"b64info":"?"}"#),
            ("b64info", #"{"b64info":"AAAA"}"#), ("b64info", #"{"b64info":1}"#), ("channels", #"{"channels":"a"}"#),
            ("channels", #"{"channels":["a",1]}"#), ("topic", #"{"channels":[""]}"#),
            ("topic", #"{"channels":["a\u0000"]}"#),
            ("subs", #"{"subs":["a"]}"#), ("subs.\"a\"", #"{"subs":{"a":1}}"#), ("topic", #"{"subs":{"":{}}}"#),
            (#"subs."a".b64data"#, #"{"subs":{"a":{"b64data":"?"}}}"#),
            (#"subs."a".override"#, #"{"subs":{"a":{"override":true}}}"#),
            (#"subs."a".override.presence"#, #"{"subs":{"a":{"override":{"presence":true}}}}"#),
            ("override.presence.value", #"{"subs":{"a":{"override":{"presence":{"value":1}}}}}"#),
        ]
    )
    func badClaims(_ name: String, _ claims: String) async throws {
        let found = await refusal(try await makeVerifier(), try Signer.hs256().token(claims))
        #expect(found?.code == .claim)
        #expect(found?.message.contains(name) == true, "\(found?.message ?? "")")
    }

    @Test("a user's name has at most 255 bytes, and a topic's too")
    func lengths() async throws {
        let name = String(repeating: "x", count: 255)
        #expect(try await read(#"{"sub":"\#(name)","channels":["\#(name)"]}"#).user == name)
        for claims in [#"{"sub":"\#(name)x"}"#, #"{"channels":["\#(name)x"]}"#] {
            #expect(await refusal(try await makeVerifier(), try Signer.hs256().token(claims))?.code == .claim)
        }
    }

    @Test("what others are told of a client has at most 1 KiB")
    func longInfo() async throws {
        let text = String(repeating: "x", count: 1022)
        #expect(try await read(#"{"sub":"ann","info":"\#(text)"}"#).info?.readableBytes == 1024)
        for claims in [#"{"info":"\#(text)x"}"#, #"{"subs":{"a":{"info":"\#(text)x"}}}"#] {
            #expect(await refusal(try await makeVerifier(), try Signer.hs256().token(claims))?.code == .claim)
        }
    }

    @Test("a channel that is null is none, and makes no subscription token of it")
    func nullChannel() async throws {
        for (claims, isSubscription) in [
            (#"{"sub":"ann"}"#, false), (#"{"sub":"ann","channel":null}"#, false),
            (#"{"sub":"ann","channel":"a","channel":null}"#, false), (#"{"sub":"ann","channel":"a"}"#, true),
            (#"{"sub":"ann","channel":1}"#, true),
        ] {
            let token = try Signer.hs256().token(claims)
            let found = await refusal(try await makeVerifier(), token)
            #expect(found?.code == (isSubscription ? .claim : nil), "\(claims)")
            let unchecked = try UncheckedToken(token, maximumSize: token.utf8.count)
            #expect(unchecked.isSubscription == isSubscription, "\(claims)")
        }
    }

    @Test("the user may be in another claim")
    func userClaim() async throws {
        let token = try await read(#"{"sub":"ann","preferred_username":"bob"}"#) { $0.userClaim = "preferred_username" }
        #expect(token.user == "bob")
        #expect(try await read(#"{"sub":"ann"}"#) { $0.userClaim = "uid" }.user == "")
    }
}
