import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import NIOCore
import Testing

/// Plain `/ws` with tokens, over real sockets.
@Suite("Tokens")
struct TokenTests {
    private static let table = TokenTable(
        connections: [
            "ann's": ConnectionToken(
                user: "ann",
                info: ByteBuffer(string: #"{"name":"Ann"}"#),
                subscriptions: [
                    ServerSubscription(topic: "inner:1"),
                    ServerSubscription(topic: "room:1", info: ByteBuffer(string: #"{"name":"Ann here"}"#)),
                ]
            ),
            "bob's": ConnectionToken(user: "bob"), "nobody's": ConnectionToken(),
            "long": ConnectionToken(user: String(repeating: "x", count: 256)),
            "big": ConnectionToken(user: "ann", info: ByteBuffer(string: "\"\(String(repeating: "x", count: 1100))\"")),
            "over": ConnectionToken(user: "ann", expiresAt: 1),
        ],
        refusals: ["old": TokenRefusal(.expired, "the token expired 35 seconds ago")]
    )

    private static func hub() -> Hub {
        Hub(
            configuration: .init(namespaces: [
                Namespace("users", publishers: .authenticated, subscribers: .authenticated),
                Namespace("inner", subscribers: .server), Namespace("room", presence: true),
            ])
        )
    }

    private func serve(
        anonymous: Bool = false,
        log: Recorder? = nil,
        routes: @escaping (BroadcastServer) -> Void = { _ in },
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await ChorusTests.serve(
            hub: Self.hub(),
            log: log,
            routes: { server in
                server.relayTopics()
                server.authenticate(with: Self.table, cookie: "session", allowsAnonymous: anonymous)
                routes(server)
            },
            body
        )
    }

    private func refuse(
        _ test: TestServer,
        _ path: String,
        _ headers: String = "",
        with status: Int
    ) async throws -> Reply {
        let client = try await test.raw()
        try await client.send(RawSocket.request(path, headers))
        return try await client.expectRefusal(status)
    }

    @Test(
        "one in the query, in the header or in a cookie says who the client is",
        arguments: [
            ("?token=ann's", ""), ("?last=1&token=ann%27s", ""), ("", "Authorization: Bearer ann's\r\n"),
            ("", "authorization: bearer  ann's\r\n"), ("", "Cookie: session=ann's\r\n"),
            ("", "Cookie: a=b; session=\"ann's\"; c=d\r\n"), ("", "Cookie: x=y\r\nCookie: session=ann's\r\n"),
            ("?token=ann's", "Cookie: session=bob's\r\n"), ("?token=bob's", "Authorization: Bearer ann's\r\n"),
        ]
    )
    func places(_ query: String, _ headers: String) async throws {
        try await serve { test in
            let client = try await RawSocket.open(try await test.raw(), "/ws/lobby:1\(query)", headers)
            #expect(await test.hub.send("hello", toUser: "ann") == 1)
            try await client.expect("hello")
        }
    }

    @Test("one that is not accepted is 401, and says why", arguments: ["/ws", "/ws/users:1", "/ws/room:1?format=json"])
    func refused(_ path: String) async throws {
        let mark = path.contains("?") ? "&" : "?"
        try await serve(anonymous: true) { test in
            for (token, reason) in [
                ("old", "Not let in: the token expired 35 seconds ago.\n"), ("x", "Not let in: this is no token.\n"),
                ("over", "Not let in: the token's connections have expired.\n"),
                ("long", "Not let in: the token's user has more than 255 bytes.\n"),
                ("big", "Not let in: the token's info has more than 1024 bytes.\n"),
            ] {
                let reply = try await refuse(test, "\(path)\(mark)token=\(token)", with: 401)
                #expect(reply.body == reason)
                #expect(reply.header("WWW-Authenticate") == #"Bearer realm="chorus", error="invalid_token""#)
            }
            // what the client says itself counts, and not what its browser adds
            _ = try await refuse(test, "\(path)\(mark)token=x", "Cookie: session=ann's\r\n", with: 401)
            #expect(test.hub.sessionCount == 0)
        }
    }

    @Test(
        "without one nobody gets in, unless anonymous clients may",
        arguments: ["", "?token=", "?token", "?name=ann's"],
        ["", "Cookie: sessions=ann's\r\n", "Cookie: session=\r\n", "Authorization: Basic ann's\r\n"]
    )
    func anonymous(_ query: String, _ headers: String) async throws {
        try await serve { test in
            let reply = try await refuse(test, "/ws\(query)", headers, with: 401)
            #expect(reply.body == "A token is needed.\n")
            #expect(reply.header("WWW-Authenticate") == #"Bearer realm="chorus""#)
        }
        try await serve(anonymous: true) { test in
            _ = try await RawSocket.open(try await test.raw(), "/ws\(query)", headers)
            #expect(test.hub.sessionCount == 1)
            _ = try await refuse(test, "/ws/users:1\(query)", headers, with: 401)
        }
    }

    @Test("users may where users may; a token of nobody is none of a user")
    func permissions() async throws {
        try await serve { test in
            let bob = try await test.client("/ws/users:1?token=bob's")
            try await bob.send("hi")
            try await bob.expect("hi")
            _ = try await refuse(test, "/ws/users:1?token=nobody's", with: 401)
            _ = try await test.client("/ws?token=nobody's")
        }
    }

    @Test("a topic that the token names is open, whoever else may subscribe there")
    func grants() async throws {
        try await serve { test in
            let ann = try await test.client("/ws/inner:1?token=ann's")
            try await test.publish("inside", to: "inner:1")
            try await ann.expect("inside")
            _ = try await refuse(test, "/ws/inner:2?token=ann's", with: 403)
            _ = try await refuse(test, "/ws/inner:1?token=bob's", with: 403)
        }
    }

    @Test("presence says what the token says, and the client's own word only where that says nothing")
    func info() async throws {
        try await serve { test in
            let ann = try await test.toldClient("/ws/room:1?format=json&token=ann's&name=Eve")
            let seen = try await ann.line()
            #expect(seen.members?.map(\.user) == ["ann"])
            #expect(seen.members?.map(\.info?.name) == ["Ann here"])
            let other = try await test.toldClient("/ws/room:2?format=json&token=ann's")
            #expect(try await other.line().members?.map(\.info?.name) == ["Ann"])
            let bob = try await test.toldClient("/ws/room:3?format=json&token=bob's&name=Bob")
            #expect(try await bob.line().members?.map(\.info?.name) == ["Bob"])
        }
    }

    @Test("hooks of the program are asked after it, and know the user")
    func hooks() async throws {
        try await serve(routes: { server in
            server.onConnect { request in
                guard request.user == "ann" else { throw Refusal(status: 403, "Ann alone.") }
            }
            server.onSubscribe { _ in .allowed }
            server.webSocket("/own") { client in client.send(client.user ?? "nobody") }
        }) { test in
            try await (try await test.client("/own?token=ann's")).expect("ann")
            let told = try await test.toldClient("/ws/room:1?format=json&token=ann's")
            #expect(try await told.line().members?.map(\.info?.name) == ["Ann here"])
            #expect(try await refuse(test, "/ws?token=bob's", with: 403).body == "Ann alone.\n")
        }
    }

    @Test("of two that say who a client is the later one is asked")
    func replaced() async throws {
        try await serve(routes: { $0.authenticate { $0.query["user"] } }) { test in
            _ = try await test.client("/ws/users:1?user=eve")
        }
        try await ChorusTests.serve(
            routes: { server in
                server.relayTopics()
                server.authenticate { $0.query["user"] }
                server.authenticate(with: Self.table)
            }
        ) { test in _ = try await refuse(test, "/ws?user=eve", with: 401) }
    }

    @Test("no line of the log has a token in it, at whatever level")
    func log() async throws {
        let log = Recorder()
        let tokens = ["ann's", "old", "eyJhbGciOiJub25lIn0.e30.c2VjcmV0LXNpZ25hdHVyZQ"]
        try await serve(log: log, routes: { $0.webSocket("/broken") { _ in throw CancellationError() } }) { test in
            for token in tokens {
                for headers in ["", "Authorization: Bearer \(token)\r\n", "Cookie: session=\(token)\r\n"] {
                    for path in ["/ws", "/ws/%00", "/broken", "/none", "/ws/inner:2"] {
                        let query = headers.isEmpty ? "?token=\(token)" : ""
                        let client = try await test.raw()
                        try await client.send(RawSocket.request(path + query, headers))
                        _ = try await client.read(through: "\r\n")
                        try await client.reset()
                        let plain = try await test.raw()
                        _ = try await plain.ask("GET \(path)\(query) HTTP/1.1\r\nHost: x\r\n\(headers)\r\n")
                        try await plain.reset()
                    }
                }
            }
            try await test.expectConnections(0)
        }
        #expect(log.lines.contains { $0.message == "refused" })
        for line in log.lines {
            for token in tokens.filter({ $0 != "old" }) + ["token=", "Bearer"] {
                #expect(!"\(line)".contains(token), "\(line)")
            }
        }
    }
}
