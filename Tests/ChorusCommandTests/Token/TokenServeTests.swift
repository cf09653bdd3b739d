import ChorusClient
import ChorusTesting
import Testing

/// `chorus serve` with a secret, and tokens by `chorus token`.
@Suite("chorus serve with tokens")
struct TokenServeTests {
    private static let shell =
        #"export CHORUS_TOKENS_HMAC_SECRET='a secret of tests, which has more than 32 bytes'; exec "$0" "$@""#

    private func token(_ arguments: String...) async throws -> String {
        let made = try await ChorusProcess(["token"] + arguments, shell: Self.shell).end()
        return try #require(made.lines.first, "\(made)")
    }

    /// What a client is answered that shows a token.
    private func answer(_ chorus: ChorusProcess, _ token: String, cookie: String = "") async throws -> HTTPAnswer {
        try await chorus.ask(
            "/ws/room?token=\(token)",
            headers: [
                "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ] + (cookie.isEmpty ? [] : ["Cookie: \(cookie)"])
        )
    }

    @Test("who wants tokens and has no key for them lets nobody in")
    func keyless() async throws {
        let shell = #"export CHORUS_TOKENS_ANONYMOUS=false; exec "$0" "$@""#
        let chorus = try serve(shell: shell)
        #expect(try await answer(chorus, "").status == 401)
        #expect(try await answer(chorus, "a.b.c").body.contains("no key"))
    }

    @Test("a cookie may have the token, where the configuration names one")
    func cookie() async throws {
        let shell = "export CHORUS_TOKENS_COOKIE=session; \(Self.shell)"
        let chorus = try serve(shell: shell)
        let ann = try await token("--user", "ann")
        #expect(try await answer(chorus, "", cookie: "other=\(ann)").status == 401)
        #expect(try await answer(chorus, "", cookie: "session=x.y.z").status == 401)
        let url = "ws://127.0.0.1:\(try await chorus.port())/ws/room"
        var configuration = WebSocketClientConfiguration()
        configuration.headers = [("Cookie", "session=\(ann)")]
        let client = try await TestClient.connect(to: url, configuration: configuration)
        try await client.send("hi")
        try await client.expect("hi")
    }

    @Test("chorus subscribe shows a token, from a file or from the environment; without one it is 77")
    func subscribe() async throws {
        let chorus = try serve(shell: Self.shell)
        let url = "http://127.0.0.1:\(try await chorus.port())"
        #expect(try await runChorus("publish", "room", "hi", "--url", url).code == 0)
        let arguments = ["subscribe", "room", "--last", "1", "--count", "1", "--url", url]
        #expect(try await ChorusProcess(arguments).end().code == 77)
        let folder = try TemporaryFolder()
        try folder.replace("token", with: try await token("--user", "ann") + "\n")
        let file = folder.file("token")
        #expect(try await ChorusProcess(arguments + ["--token-file", file]).end().lines == ["hi"])
        let shell = #"export CHORUS_TOKEN=$(cat \#(file)); exec "$0" "$@""#
        #expect(try await ChorusProcess(arguments, shell: shell).end().lines == ["hi"])
    }

    @Test("a key that cannot be used is 78, and not repeated: not even one that a line break makes look like a path")
    func badKey() async throws {
        for text in ["-----BEGIN PRIVATE KEY-----\nhidden\n", "\n  -----BEGIN PRIVATE KEY-----\nhidden\n"] {
            let shell = "export CHORUS_TOKENS_RSA_PUBLIC_KEY='\(text)'; exec \"$0\" \"$@\""
            let ending = try await serve(shell: shell).end()
            #expect(ending.code == 78, "\(ending)")
            #expect(ending.errors.contains("RSA public key"), "\(ending)")
            #expect(!(ending.output + ending.errors).contains("hidden"))
        }
        let missing = #"export CHORUS_TOKENS_ECDSA_PUBLIC_KEY=/nowhere.pem; exec "$0" "$@""#
        let ending = try await serve(shell: missing).end()
        #expect(ending.code == 78)
        #expect(ending.errors.contains("the key of tokens.ecdsa_public_key, /nowhere.pem, cannot be read"), "\(ending)")
    }

    @Test("a token opens it until it is revoked by the API; without one nobody gets in; no token is in what is said")
    func revoking() async throws {
        let chorus = try serve("--log-level", "debug", shell: Self.shell)
        let room = TopicProbe("room", port: try await chorus.port())
        let ann = try await token("--user", "ann", "--id", "t1")
        let bob = try await token("--user", "bob")
        let clients = (try await room.client("token=\(ann)"), try await room.client("token=\(bob)"))
        try await clients.0.send("hi")
        try await clients.1.expect("hi")
        #expect(try await answer(chorus, "").status == 401)
        #expect(try await answer(chorus, ann + "A").body.contains("signature"))
        #expect(try await chorus.ask("/api/revoke_token", post: #"{"uid":"t1"}"#).body == #"{"result":{}}"#)
        #expect(try await answer(chorus, ann).body == "Not let in: the token has been revoked.\n")
        let later = #"{"user":"bob","issued_before":9999999999}"#
        #expect(try await chorus.ask("/api/invalidate_user_tokens", post: later).body == #"{"result":{}}"#)
        #expect(try await answer(chorus, bob).body == "Not let in: the token has been revoked.\n")
        // nor does anybody who shows it in the protocol of SDKs
        for token in [ann, bob] {
            let sdk = try await TestClient.connect(
                to: "ws://127.0.0.1:\(try await chorus.port())/connection/websocket",
                configuration: WebSocketClientConfiguration()
            )
            try await sdk.send(#"{"id":1,"connect":{"token":"\#(token)"}}"#)
            #expect(try await sdk.expectClose().code.rawValue == 3500)
        }
        // who is there stays
        try await clients.1.send("still here")
        try await clients.0.expect(["hi", "still here"])
        try await eventually("refusals are logged") { chorus.errors.contains("revoked") }
        for token in [ann, bob] { #expect(!(chorus.output + chorus.errors).contains(token.suffix(40))) }
    }
}
