import ChorusClient
import ChorusTesting
import Foundation
import NIOSSL
import Testing

@Suite("SIGHUP")
struct CertificateReloadTests {
    private func connect(_ port: Int, trusting certificate: TestCertificate) async throws -> TestClient {
        var configuration = WebSocketClientConfiguration()
        configuration.tlsConfiguration.trustRoots = .file(certificate.authorityPath)
        return try await TestClient.connect(to: "wss://localhost:\(port)/ws", configuration: configuration)
    }

    @Test("the certificate is read again; one that is no good is reported, and the one before stays")
    func reload() async throws {
        let folder = try TemporaryFolder()
        let old = try await TestCertificate.make()
        let new = try await TestCertificate.make()
        try folder.install(old)
        let chorus = try serve("--certificate", folder.file("server.pem"), "--key", folder.file("server.key"))
        let port = try await chorus.port()
        #expect(chorus.output.contains("wss://"))
        let first = try await connect(port, trusting: old)
        await #expect(throws: WebSocketClientError.self) { try await connect(port, trusting: new) }

        try folder.install(new)
        _ = try await connect(port, trusting: old)
        chorus.signal(SIGHUP)
        try await eventually("it is read") { chorus.errors.contains("certificate read again") }
        let second = try await connect(port, trusting: new)
        await #expect(throws: WebSocketClientError.self) { try await connect(port, trusting: old) }

        try folder.replace("server.pem", with: "nonsense")
        chorus.signal(SIGHUP)
        try await eventually("it is reported") { chorus.errors.contains("the certificate in use stays") }
        let third = try await connect(port, trusting: new)

        try await first.send("all along")
        for client in [first, second, third] { try await client.expect("Message: all along") }
        chorus.signal(SIGTERM)
        for client in [first, second, third] { try await client.expectClose(.goingAway) }
        #expect(try await chorus.exitCode() == 0)
    }
}
