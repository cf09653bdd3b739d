import ChorusClient
import ChorusTesting
import NIOCore
import NIOSSL
import Testing
import WebSocketWire

@Suite("Inside TLS")
struct TLSTests {
    private func trusting(_ certificate: TestCertificate) -> WebSocketClientConfiguration {
        var configuration = WebSocketClientConfiguration()
        configuration.tlsConfiguration.trustRoots = .file(certificate.authorityPath)
        return configuration
    }

    @Test("messages go to and fro, and the closing handshake is as without", arguments: ["localhost", "127.0.0.1"])
    func echo(_ host: String) async throws {
        let certificate = try await TestCertificate.make()
        try await ScriptedServer.run(.echo, certificate: certificate) { server in
            let client = try await TestClient.connect(
                to: server.url(host: host),
                configuration: trusting(certificate)
            )
            let text = String(repeating: "é", count: 300_000)
            try await client.send("hi")
            try await client.send(text)
            try await client.expect(["hi", text])
            try await client.close()
            #expect(client.connection.closeReason?.code == .normal)
            #expect(client.connection.closeReason?.error == nil)
        }
    }

    @Test("a certificate that nobody trusts is refused")
    func untrusted() async throws {
        let certificate = try await TestCertificate.make()
        try await ScriptedServer.run(.echo, certificate: certificate) { server in
            let error = try await failureToConnect(to: server.url(host: "localhost"))
            #expect(error.code == .tls)
        }
    }

    @Test("a certificate for another name is refused")
    func wrongName() async throws {
        let certificate = try await TestCertificate.make(for: ["DNS:chorus.example"])
        try await ScriptedServer.run(.echo, certificate: certificate) { server in
            for host in ["localhost", "127.0.0.1"] {
                let error = try await failureToConnect(to: server.url(host: host)) { $0 = trusting(certificate) }
                #expect(error.code == .tls)
            }
        }
    }

    @Test("a server without TLS is not one with TLS")
    func plain() async throws {
        try await ScriptedServer.run(.echo) { server in
            let error = try await failureToConnect(to: "wss://127.0.0.1:\(server.port)/")
            #expect(error.code == .tls)
        }
    }

    @Test("trust roots that cannot be read are said to be the problem")
    func badRoots() async throws {
        let error = try await failureToConnect(to: "wss://127.0.0.1:1/") {
            $0.tlsConfiguration.trustRoots = .file("/nowhere/ca.pem")
        }
        #expect(error.code == .invalidConfiguration)
    }

    @Test("a server that hangs up is noticed, and its messages are not lost")
    func hangUp() async throws {
        let certificate = try await TestCertificate.make()
        try await ScriptedServer.run(certificate: certificate) { server in
            let client = try await TestClient.connect(
                to: server.url(host: "localhost"),
                configuration: trusting(certificate)
            )
            let peer = try await server.nextPeer()
            try await peer.send("last words").get()
            try await peer.hangUp()
            try await client.expect("last words")
            let reason = try await client.expectClose(.abnormal)
            #expect(reason.endedBy == .network)
        }
    }

    @Test("a connection that is cut is noticed at once", arguments: [true, false])
    func cut(_ byReset: Bool) async throws {
        let certificate = try await TestCertificate.make()
        try await ScriptedServer.run(certificate: certificate) { server in
            let client = try await TestClient.connect(
                to: server.url(host: "localhost"),
                configuration: trusting(certificate)
            )
            try await server.nextPeer().cutBelowTLS(byReset: byReset)
            let reason = try await client.expectClose(.abnormal)
            #expect(reason.endedBy == .network)
            #expect(reason.error?.code == .connectionClosed)
            #expect(reason.error?.cause != nil)
        }
    }
}

extension Peer {
    /// Ends TCP without a goodbye from TLS.
    fileprivate func cutBelowTLS(byReset: Bool) async throws {
        if byReset { try await channel.makeCloseAbortive() }
        try await channel.eventLoop.submit { [channel] in
            let tls = try channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
            tls.close(promise: nil)
        }.get()
    }
}
