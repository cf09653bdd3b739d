import ChorusTesting
import Foundation
import Testing

@Suite("chorus token")
struct TokenCommandTests {
    private static let secret = "a secret of tests, which has more than 32 bytes"
    private static let shell = #"export CHORUS_TOKENS_HMAC_SECRET='\#(secret)'; exec "$0" "$@""#

    private func make(_ arguments: String...) async throws -> Ending {
        try await ChorusProcess(["token"] + arguments, shell: Self.shell).end()
    }

    private func check(
        _ token: String,
        _ arguments: String...,
        shell: String? = TokenCommandTests.shell
    ) async throws -> Ending {
        try await ChorusProcess(["token", "check", token] + arguments, shell: shell).end()
    }

    /// The claims of a token, as a JSON object.
    private func claims(_ token: String) throws -> [String: Any] {
        let parts = token.split(separator: ".")
        let text = try #require(parts.count == 3 ? String(parts[1]) : nil).replacing("-", with: "+").replacing(
            "_",
            with: "/"
        )
        let bytes = try #require(Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4)))
        return try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    }

    @Test("prints a connection token, and nothing else")
    func connection() async throws {
        let made = try await make(
            "--user",
            "ann",
            "--topic",
            "a",
            "--topic",
            "b:1",
            "--info",
            #"{"name": "Ann"}"#,
            "--id",
            "x"
        )
        #expect(made.code == 0)
        #expect(made.errors.isEmpty)
        let token = try #require(made.lines.count == 1 ? made.lines[0] : nil)
        let claims = try claims(token)
        #expect(claims["sub"] as? String == "ann")
        #expect(claims["channels"] as? [String] == ["a", "b:1"])
        #expect(claims["info"] as? [String: String] == ["name": "Ann"])
        #expect(claims["jti"] as? String == "x")
        let issued = try #require(claims["iat"] as? Int)
        #expect(claims["exp"] as? Int == issued + 3600)
        #expect(abs(Double(issued) - Date().timeIntervalSince1970) < 60)
        let checked = try await check(token)
        #expect(checked.code == 0, "\(checked)")
        #expect(checked.errors.isEmpty)
        #expect(checked.lines.last == #"accepted: a connection token of "ann", for 2 topic(s)"#)
        #expect(checked.output.contains(#""sub":"ann""#))
        #expect(checked.output.contains(", in 59 minutes") || checked.output.contains(", in 60 minutes"))
    }

    @Test("a subscription token says for what it is, and for which connection")
    func subscription() async throws {
        let made = try await make(
            "create",
            "--user",
            "ann",
            "--subscribe",
            "chat:1",
            "--client",
            "c",
            "--expires",
            "never",
            "--audience",
            "x",
            "--issuer",
            "y"
        )
        let claims = try claims(try #require(made.lines.first))
        #expect(claims["channel"] as? String == "chat:1")
        #expect(claims["client"] as? String == "c")
        #expect(claims["aud"] as? String == "x")
        #expect(claims["iss"] as? String == "y")
        #expect(claims["exp"] == nil)
        let checked = try await check(made.lines[0], "--audience", "x", "--issuer", "y")
        #expect(checked.lines.last == #"accepted: a subscription token of "ann" for "chat:1""#)
        let other = try await check(made.lines[0], "--audience", "z")
        #expect(other.code == 77)
        #expect(other.errors == "chorus: refused (audience): the token is for \"x\" (aud), not for \"z\"\n")
    }

    @Test(
        "a lifetime is a number with a unit",
        arguments: [("90", 90), ("90s", 90), ("15m", 900), ("2h", 7200), ("7d", 604_800)]
    )
    func lifetime(_ text: String, _ seconds: Int) async throws {
        let claims = try claims(try #require(try await make("--user", "a", "--expires", text).lines.first))
        #expect(claims["exp"] as? Int == (claims["iat"] as? Int).map { $0 + seconds })
    }

    @Test("what a token claims is printed, and why it is refused, with 77")
    func refused() async throws {
        let made = try #require(try await make("--user", "ann").lines.first)
        let other = #"export CHORUS_TOKENS_HMAC_SECRET='another secret, which has more than 32 bytes'; exec "$0" "$@""#
        let checked = try await check(made, shell: other)
        #expect(checked.code == 77)
        #expect(checked.output.contains(#""sub":"ann""#))
        #expect(!checked.output.contains("accepted"))
        #expect(checked.errors == "chorus: refused (signature): the token's signature is not that of the key\n")
        let broken = try await check("x.y.z")
        #expect(broken.code == 77)
        #expect(broken.output.isEmpty)
        #expect(broken.errors.hasPrefix("chorus: refused (malformed): "))
        #expect(!broken.errors.contains("x.y.z"))
    }

    @Test("a token is read from standard input, too")
    func input() async throws {
        let made = try #require(try await make("--user", "ann").lines.first)
        let process = try ChorusProcess(["token", "check", "-"], shell: Self.shell, input: .text(made + "\n"))
        #expect(try await process.end().code == 0)
        let empty = try await ChorusProcess(["token", "check", "-"], shell: Self.shell).end()
        #expect(empty.code == 77)
    }

    @Test("what a terminal could take for a command is not printed")
    func escapes() async throws {
        let made = try #require(try await make("--user", "a\u{9B}31m\u{7F}").lines.first)
        let checked = try await check(made)
        #expect(checked.code == 0)
        #expect(checked.output.contains(#"a\u009b31m\u007f"#))
        #expect(!checked.output.unicodeScalars.contains { (0x7F...0x9F).contains($0.value) })
    }

    @Test("the secret may be in a file, and a key of any kind")
    func keyFiles() async throws {
        let folder = try TemporaryFolder()
        try folder.replace("secret", with: Self.secret + "\r\n")
        let made = try await runChorus("token", "--user", "ann", "--secret-file", folder.file("secret"))
        #expect(made.code == 0)
        #expect(try await check(try #require(made.lines.first)).code == 0)
        for (name, command) in [
            ("rsa", "genrsa 2048"), ("ec", "ecparam -name prime256v1 -genkey -noout"),
            ("ed", "genpkey -algorithm ed25519"),
        ] {
            let (key, pub) = (folder.file(name), folder.file(name + ".pub"))
            let script = "openssl \(command) > \(key) 2>/dev/null && openssl pkey -in \(key) -pubout > \(pub)"
            let keys = try await ChorusProcess([], shell: script).end()
            #expect(keys.code == 0, "\(keys.errors)")
            let made = try await runChorus("token", "--user", "ann", "--private-key-file", key)
            #expect(made.code == 0, "\(made.errors)")
            let checked = try await runChorus("token", "check", made.lines.first ?? "", "--public-key-file", pub)
            #expect(checked.code == 0, "\(name): \(checked.errors)")
        }
    }

    @Test("a key set checks the tokens of the keys in it")
    func keySet() async throws {
        let folder = try TemporaryFolder()
        // RFC 8037, appendix A
        try folder.replace(
            "key",
            with: """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
                -----END PRIVATE KEY-----

                """
        )
        let member = #""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#
        try folder.replace("keys", with: #"{"keys":[{\#(member),"kid":"k1"}]}"#)
        for (id, code) in [("k1", 0 as Int32), ("k2", 77)] {
            let made = try await runChorus(
                "token",
                "--user",
                "a",
                "--private-key-file",
                folder.file("key"),
                "--key-id",
                id
            )
            let checked = try await runChorus(
                "token",
                "check",
                made.lines.first ?? "",
                "--jwks-file",
                folder.file("keys")
            )
            #expect(checked.code == code, "\(checked.errors)")
        }
    }

    @Test("without a key, or with one that cannot be used, is 78")
    func noKey() async throws {
        let folder = try TemporaryFolder()
        try folder.replace("empty", with: "\n")
        try folder.replace("two", with: "hidden\nalso hidden\n")
        for arguments in [
            ["--user", "ann"], ["--user", "ann", "--secret-file", folder.file("none")],
            ["--user", "ann", "--secret-file", folder.file("empty")],
            ["--user", "ann", "--secret-file", folder.file("two")],
            ["--user", "ann", "--private-key-file", folder.file("two")],
            ["check", "a.b.c", "--public-key-file", folder.file("two")],
        ] {
            let ending = try await ChorusProcess(
                ["token"] + arguments,
                shell: #"CHORUS_TOKENS_HMAC_SECRET= exec "$0" "$@""#
            ).end()
            #expect(ending.code == 78, "\(arguments): \(ending)")
            #expect(ending.output.isEmpty)
            #expect(ending.errors.hasPrefix("chorus: "))
            #expect(!ending.errors.contains("hidden"))
            #expect(!ending.errors.contains("CocoaError"))
        }
    }

    @Test("a token is shown also where there is no key to check it with; that is 78")
    func uncheckable() async throws {
        let made = try #require(try await make("--user", "ann").lines.first)
        let checked = try await check(made, shell: #"unset CHORUS_TOKENS_HMAC_SECRET; exec "$0" "$@""#)
        #expect(checked.code == 78)
        #expect(checked.output.contains(#""sub":"ann""#))
        #expect(checked.errors.contains("no key"))
        let noSet = try await check(made, "--jwks-file", "/nowhere/keys.json")
        #expect(noSet.code == 78)
        #expect(noSet.errors.contains("/nowhere/keys.json"))
    }

    @Test("a short secret is used, and warned of")
    func shortSecret() async throws {
        let made = try await runChorus(
            "token",
            "--user",
            "ann",
            shell: #"CHORUS_TOKENS_HMAC_SECRET=secret exec "$0" "$@""#
        )
        #expect(made.code == 0)
        #expect(made.lines.count == 1)
        #expect(made.errors.contains("32 bytes"))
    }

    @Test(
        "what makes no sense is 64",
        arguments: [
            [], ["--user", "a", "--expires", "0"], ["--user", "a", "--expires", "1y"],
            ["--user", "a", "--expires", "-1"],
            ["--user", "a", "--expires", "99999999999d"], ["--user", "a", "--info", "{"],
            ["--user", "a", "--client", "c"],
            ["--user", "a", "--topic", ""], ["--user", "a", "--subscribe", ""],
            ["--user", "a", "--topic", "b", "--subscribe", "c"], ["--user", String(repeating: "x", count: 256)],
            ["--user", "a", "--secret-file", "b", "--private-key-file", "c"], ["check"],
            ["check", "a.b.c", "--leeway", "-1"],
            ["--user", "a", "--secret", "b"],
        ]
    )
    func usage(_ arguments: [String]) async throws {
        let ending = try await ChorusProcess(["token"] + arguments, shell: Self.shell).end()
        #expect(ending.code == 64, "\(ending)")
        #expect(ending.output.isEmpty)
    }

    @Test("the help of both has every option, in lines that fit", arguments: ["create", "check"])
    func help(_ command: String) async throws {
        let help = try await runChorus("token", command, "--help")
        #expect(help.code == 0)
        let options =
            command == "create"
            ? ["user", "topic", "subscribe", "expires", "info", "secret-file", "private-key-file", "key-id"]
            : ["secret-file", "public-key-file", "jwks-file", "audience", "issuer", "leeway", "user-claim"]
        for option in options { #expect(help.output.contains("--\(option)")) }
        for line in help.lines where !line.hasPrefix("USAGE:") { #expect(line.count <= 80, "\(line)") }
    }
}
