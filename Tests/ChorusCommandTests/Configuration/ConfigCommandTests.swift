import ChorusCommand
import ChorusTesting
import Foundation
import Testing

@Suite("chorus config")
struct ConfigCommandTests {
    @Test("check says that nothing is wrong, of the file that is named, or that of the environment")
    func right() async throws {
        let folder = try TemporaryFolder()
        try folder.replace("a.json", with: #"{"listen": {"port": 9000}}"#)
        let named = try await runChorus("config", "check", folder.file("a.json"))
        #expect(named.code == 0)
        #expect(named.output == "\(folder.file("a.json")): nothing is wrong\n")
        let shell = #"export CHORUS_CONFIG=\#(folder.file("a.json")); exec "$0" "$@""#
        #expect(try await runChorus("config", "check", shell: shell).output == named.output)
        // and the one in the working directory
        try folder.replace("chorus.json", with: "{}")
        let here = try await runChorus("config", "check", shell: #"cd \#(folder.path); exec "$0" "$@""#)
        #expect(here.output == "chorus.json: nothing is wrong\n")
    }

    @Test("check names every problem in a line of its own, and exits with 78")
    func wrong() async throws {
        let folder = try TemporaryFolder()
        try folder.replace("a.json", with: "{\n\"listen\": {\"port\": \"x\"},\n\"ecko\": true}")
        let ending = try await runChorus("config", "check", folder.file("a.json"))
        #expect(ending.code == 78)
        #expect(ending.output.isEmpty)
        let path = folder.file("a.json")
        #expect(ending.errors.split(separator: "\n").count == 2)
        #expect(ending.errors.contains("\(path):3:1: there is no setting ecko; did you mean echo?"), "\(ending.errors)")
        #expect(ending.errors.contains("\(path):2:20: listen.port: \"x\" is not a whole number"), "\(ending.errors)")
    }

    @Test("check tells of files that cannot be read, the configuration's own too")
    func unreadable() async throws {
        let folder = try TemporaryFolder()
        let none = try await runChorus("config", "check", folder.file("none.json"))
        #expect(none.code == 78)
        #expect(none.errors.contains("none.json"))
        try folder.replace("a.json", with: #"{"tls": {"certificate": "/none.pem", "key": "/none.key"}}"#)
        let files = try await runChorus("config", "check", folder.file("a.json"))
        #expect(files.code == 78)
        #expect(files.errors.contains("a.json:1:25: tls.certificate: the file /none.pem cannot be read"))
        #expect(files.errors.contains("/none.key"))
    }

    @Test("check tries the certificate and the keys in the files")
    func unusable() async throws {
        let folder = try TemporaryFolder()
        let certificate = try await TestCertificate.make()
        try folder.replace("keys", with: "a key")
        // the key of RFC 8037, appendix A.2
        let key = #"{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
        try folder.replace("jwks", with: #"{"keys": [\#(key)]}"#)
        func check(_ key: String) async throws -> Ending {
            try folder.replace(
                "a.json",
                with: """
                    {"tls": {"certificate": "\(certificate.certificatePath)", "key": "\(key)"},
                     "api": {"key_file": "\(folder.file("keys"))"}, "tokens": {"jwks_file": "\(folder.file("jwks"))"}}
                    """
            )
            return try await runChorus("config", "check", folder.file("a.json"))
        }
        let right = try await check(certificate.keyPath)
        #expect(right.code == 0, "\(right.errors)")
        for file in ["keys", "jwks"] { try folder.replace(file, with: "\n") }
        let wrong = try await check(certificate.authorityPath)
        #expect(wrong.code == 78)
        let lines = wrong.errors.split(separator: "\n")
        #expect(lines.count == 3, "\(lines)")
        let expected = ["a.json:1:25: cannot use the certificate", "a.json:2:22: there is no key", "a.json:2:"]
        for (line, words) in zip(lines, expected) { #expect(line.contains(words), "\(line)") }
    }

    @Test("show has every setting, its value and where it comes from; secrets are not shown")
    func show() async throws {
        let folder = try TemporaryFolder()
        try folder.replace(
            "a.json",
            with: #"{"api": {"key": "hush"}, "namespaces": [{"name": "chat", "history": {"age": 86400}}]}"#
        )
        let path = folder.file("a.json")
        let shell = #"export CHORUS_DRAIN_TIME=30; exec "$0" "$@""#
        let ending = try await runChorus("config", "show", "--config", path, "--port", "9000", shell: shell)
        #expect(ending.code == 0, "\(ending.errors)")
        func line(_ key: String) -> [String] {
            let line = ending.lines.first { $0.hasPrefix("\(key) ") } ?? ""
            return line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        }
        #expect(line("listen.port") == ["listen.port", "9000", "--port"])
        #expect(line("listen.host") == ["listen.host", #""127.0.0.1""#, "default"])
        #expect(line("drain_time") == ["drain_time", #""30s""#, "CHORUS_DRAIN_TIME"])
        #expect(line("api.key") == ["api.key", "(secret)", "\(path):1:17"])
        #expect(line("tokens.hmac_secret") == ["tokens.hmac_secret", "–", "default"])
        #expect(line("namespaces.chat.history.age") == ["namespaces.chat.history.age", #""24h""#, "\(path):1:77"])
        #expect(line("namespaces.chat.history.count") == ["namespaces.chat.history.count", "1000", "as", "topics"])
        #expect(!ending.output.contains("hush"))
    }

    @Test("init writes a file that says nothing but is right, and everything in it is right without the slashes")
    func initialise() async throws {
        let folder = try TemporaryFolder()
        let file = folder.file("chorus.json")
        #expect(try await runChorus("config", "init", "--output", file).code == 0)
        #expect(try await runChorus("config", "check", file).code == 0)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text == (try await runChorus("config", "init").output))
        #expect(resolve(text).complaints.isEmpty && resolve(text).places.isEmpty)
        // what has a default: a comment that is "name": value
        let lines = text.components(separatedBy: "\n").filter { !$0.hasSuffix(" …,") }.map { line in
            let bare = line.drop { $0 == " " }
            return bare.hasPrefix("// \"") || bare.hasPrefix("// {") ? String(bare.dropFirst(3)) : line
        }
        let whole = resolve(lines.joined(separator: "\n"))
        #expect(whole.complaints.isEmpty)
        #expect(whole.places.count > 60)
        #expect(whole.settings.namespaces.map(\.name) == ["chat", "prices"])
    }

    @Test("init never writes over a file")
    func neverOver() async throws {
        let folder = try TemporaryFolder()
        try folder.replace("chorus.json", with: "mine")
        let ending = try await runChorus("config", "init", "--output", folder.file("chorus.json"))
        #expect(ending.code == 74)
        #expect(ending.errors.contains("it is there already"))
        #expect(try String(contentsOfFile: folder.file("chorus.json"), encoding: .utf8) == "mine")
    }

    @Test("serve takes the file, the environment and options, the later weighs more")
    func serves() async throws {
        let folder = try TemporaryFolder()
        try folder.replace(
            "a.json",
            with: """
                {"listen": {"port": 1}, "echo": true, "api": {"key": "hush"},
                 "namespaces": [{"name": "chat", "publishers": "server"}]}
                """
        )
        let shell = #"export CHORUS_LISTEN_PORT=2; exec "$0" "$@""#
        let chorus = try serve("--config", folder.file("a.json"), shell: shell)
        #expect(try await chorus.port() > 2)
        #expect(chorus.output.contains("/echo"))
        #expect(chorus.output.contains("everywhere but in chat"))
        #expect(try await chorus.publish().status == 401)
        #expect(try await chorus.publish(headers: ["X-API-Key: hush"]).status == 200)
    }

    @Test("serve does not start with a configuration that is wrong: 78, and 64 where an option is")
    func refuses() async throws {
        let folder = try TemporaryFolder()
        try folder.replace("a.json", with: #"{"ecko": true}"#)
        let file = try await ChorusProcess(["serve", "--config", folder.file("a.json")]).end()
        #expect(file.code == 78)
        #expect(file.output.isEmpty)
        #expect(file.errors == "chorus: \(folder.file("a.json")):1:2: there is no setting ecko; did you mean echo?\n")
        let variable = #"export CHORUS_LISTEN_PORT=x; exec "$0" "$@""#
        #expect(try await ChorusProcess(["serve"], shell: variable).end().code == 78)
        #expect(try await ChorusProcess(["serve", "--config", folder.file("none")]).end().code == 78)
    }
}
