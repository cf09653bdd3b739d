import ChorusTesting
import Foundation
import Testing

@Suite("How chorus says that it cannot start")
struct ExitCodeTests {
    private func run(
        _ arguments: [String],
        shell: String? = nil
    ) async throws -> (code: Int32, output: String, errors: String) {
        let chorus = try ChorusProcess(arguments, shell: shell)
        let code = try await chorus.exitCode()
        try await eventually("it says something") { !(chorus.output + chorus.errors).isEmpty }
        return (code, chorus.output, chorus.errors)
    }

    @Test("help and version are no errors")
    func help() async throws {
        let help = try await run(["serve", "--help"])
        #expect(help.code == 0)
        for option in ["--host", "--port", "--unix", "--echo", "--event-loops", "--certificate", "--trusted-proxy"] {
            #expect(help.output.contains(option), "\(option)")
        }
        let version = try await run(["--version"])
        #expect(version.code == 0)
        #expect(version.output.first?.isNumber == true)
    }

    @Test(
        "an unknown option, or a value that makes no sense, is 64 and named",
        arguments: [
            ["--nonsense"], ["extra"], ["--port"], ["--port", "x"], ["--port", "65536"], ["--port", "-1"],
            ["--event-loops", "0"], ["--max-connections", "0"], ["--max-connections-per-address", "-5"],
            ["--max-message-size", "0"], ["--max-message-size", "9999999999"], ["--window-messages", "0"],
            ["--window-bytes", "x"], ["--memory-budget", "0"], ["--handshake-timeout", "0"], ["--ping-interval", "-1"],
            ["--ping-timeout", "0"], ["--drain-time", "nan"], ["--drain-time", "100000"], ["--log-level", "loud"],
            ["--trusted-proxy", "proxy.example"], ["--trusted-proxy", "10.0.0.0/33"], ["--certificate", "a.pem"],
            ["--key", "a.key"], ["--origin", "https://"],
            ["--origin", "https://example.com/path"],
        ]
    )
    func usage(_ arguments: [String]) async throws {
        let (code, output, errors) = try await run(["serve"] + arguments)
        #expect(code == 64)
        #expect(output.isEmpty)
        #expect(errors.contains(arguments[0]), "\(errors)")
        #expect(errors.contains("Usage: "), "\(errors)")
    }

    @Test("a port that is taken is 69, in one line that names it")
    func portInUse() async throws {
        let first = try serve()
        let port = try await first.port()
        let (code, output, errors) = try await run(["serve", "--port", "\(port)"])
        #expect(code == 69)
        #expect(output.isEmpty)
        let lines = errors.split(separator: "\n").filter { $0.hasPrefix("chorus: ") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("127.0.0.1:\(port)") == true)
        #expect(lines.first?.lowercased().contains("in use") == true, "\(errors)")
        #expect(first.isRunning)
    }

    @Test("an address that is not this machine's is 69", arguments: ["192.0.2.1", "no.such.host.invalid"])
    func foreignAddress(_ host: String) async throws {
        let (code, _, errors) = try await run(["serve", "--port", "0", "--host", host])
        #expect(code == 69)
        #expect(errors.contains(host))
    }

    @Test("a socket that cannot be made is 69")
    func socketPath() async throws {
        let folder = try TemporaryFolder()
        try folder.replace("file", with: "")
        for path in [folder.file("file"), folder.file("none/socket"), folder.file(String(repeating: "x", count: 200))] {
            let (code, _, errors) = try await run(["serve", "--unix", path])
            #expect(code == 69)
            #expect(errors.contains(path))
        }
    }

    @Test("where it may not listen is 77")
    func notPermitted() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
        // a super-user may do everything, unless these capabilities are taken away
        let shell = geteuid() == 0 ? #"exec setpriv --bounding-set -all "$0" "$@""# : nil
        let socket = folder.file("socket")
        let (code, output, errors) = try await run(["serve", "--unix", socket], shell: shell)
        #expect(code == 77)
        #expect(output.isEmpty)
        #expect(errors.contains(socket))
    }

    @Test("a certificate that cannot be read or used is 78")
    func certificate() async throws {
        let folder = try TemporaryFolder()
        let certificate = try await TestCertificate.make()
        try folder.install(certificate)
        try folder.replace("bad.pem", with: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        try folder.replace("empty.pem", with: "")
        let other = try await TestCertificate.make()
        for (chain, key) in [
            ("/nowhere.pem", folder.file("server.key")), (folder.file("server.pem"), "/nowhere.key"),
            (folder.file("bad.pem"), folder.file("server.key")), (folder.file("empty.pem"), folder.file("server.key")),
            (folder.file("server.pem"), other.keyPath),
        ] {
            let (code, _, errors) = try await run(["serve", "--port", "0", "--certificate", chain, "--key", key])
            #expect(code == 78, "\(chain) \(key): \(errors)")
            #expect(errors.contains(chain))
        }
    }
}
