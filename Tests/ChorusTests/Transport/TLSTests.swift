import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import NIOCore
import NIOSSL
import Synchronization
import Testing

@Suite("TLS")
struct TLSTests {
    private func serve(
        hub: Hub = Hub(),
        configure: (inout BroadcastServer.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (TestServer, TestCertificate) async throws -> Void
    ) async throws {
        let certificate = try await TestCertificate.make()
        try await ChorusTests.serve(
            hub: hub,
            configure: { configuration in
                configuration.tls = .init(
                    certificateChain: certificate.certificatePath,
                    privateKey: certificate.keyPath
                )
                configure(&configuration)
            }
        ) { try await body($0, certificate) }
    }

    @Test("clients talk as they do without")
    func relay() async throws {
        try await serve { test, certificate in
            let clients = [try await test.secureClient(certificate), try await test.secureClient(certificate)]
            try await clients[0].send("hi")
            for client in clients { try await client.expect("Message: hi") }
            try await clients[1].send(ByteBuffer(repeating: 7, count: 300_000))
            for client in clients { try await client.expect(ByteBuffer(repeating: 7, count: 300_000)) }
            try await clients[0].close()
            try await test.expectSessions(1)
            try await clients[1].send("alone")
            try await clients[1].expect("Message: alone")
        }
    }

    @Test("who does not trust the certificate does not connect, and the log stays quiet")
    func untrusted() async throws {
        try await serve { test, _ in
            let stranger = try await TestCertificate.make()
            let error = await #expect(throws: WebSocketClientError.self) { try await test.secureClient(stranger) }
            #expect(error?.code == .tls)
            try await test.expectConnections(0)
        }
    }

    @Test("somebody who speaks plain HTTP, or nonsense, is hung up on")
    func plain() async throws {
        try await serve { test, certificate in
            for bytes in [RawSocket.request("/ws"), "nonsense\r\n\r\n", "\u{16}\u{3}\u{1}\0\u{5}hello"] {
                let client = try await test.raw()
                try await client.send(bytes)
                _ = try? await client.readToEnd()
                try await test.expectConnections(0)
            }
            _ = try await test.secureClient(certificate)
        }
    }

    @Test(
        "a client that stops in its handshake is cut, and others connect meanwhile",
        arguments: ["", "\u{16}\u{3}\u{1}\u{2}\0"]
    )
    func stalled(_ beginning: String) async throws {
        try await serve(configure: { configuration in
            configuration.limits.handshakeTime = .milliseconds(300)
            configuration.limits.closeTime = .milliseconds(300)
        }) { test, certificate in
            let stalled = try await test.raw()
            if !beginning.isEmpty { try await stalled.send(beginning) }
            let client = try await test.secureClient(certificate)
            try await client.send("hi")
            try await client.expect("Message: hi")
            try await test.expectConnections(1, within: 3)
        }
    }

    @Test("a client that vanishes is removed in time", arguments: [false, true])
    func vanishes(_ resets: Bool) async throws {
        try await serve(configure: { $0.keepAlive = .init(interval: .milliseconds(200), timeout: .milliseconds(300)) })
        {
            test,
            certificate in
            let stays = try await test.secureClient(certificate)
            let vanishes = try await SecureRawClient.open(test, certificate)
            try await test.expectSessions(2)
            if resets { try await vanishes.reset() } else { try await vanishes.fallSilent() }
            try await test.expectSessions(1, within: 3)
            try await stays.send("hi")
            try await stays.expect("Message: hi")
            try await vanishes.close()
        }
    }

    @Test("a slow reader gets everything in order, and the close frame behind it")
    func slowReader() async throws {
        let hub = Hub(configuration: .init(defaults: Namespace(window: Window(bytes: 16 << 20))))
        try await serve(hub: hub, configure: { $0.drainTime = .seconds(20) }) { test, certificate in
            let slow = try await test.secureClient(certificate, "/ws/news")
            let text = String(repeating: "x", count: 1000)
            // more than the client's inbox and the kernel take
            for number in 0..<6000 { try await test.publish("\(number) \(text)", to: "news") }
            await test.stop()
            var expected = 0
            for await message in slow.connection.texts {
                guard message.hasPrefix("\(expected) ") else {
                    throw TestFailure("\(message.prefix(10)) is not \(expected)")
                }
                expected += 1
            }
            #expect(expected == 6000)
            #expect(await slow.connection.waitForClose().code == .goingAway)
        }
    }

    @Test("a certificate that cannot be used is an error at the start")
    func unusable() async throws {
        let certificate = try await TestCertificate.make()
        let other = try await TestCertificate.make()
        for (chain, key) in [
            ("/nowhere.pem", certificate.keyPath), (certificate.certificatePath, "/nowhere.pem"),
            (certificate.keyPath, certificate.certificatePath), (certificate.certificatePath, other.keyPath),
        ] {
            var configuration = BroadcastServer.Configuration(port: 0)
            configuration.tls = .init(certificateChain: chain, privateKey: key)
            let server = BroadcastServer(configuration: configuration, logger: Recorder().logger)
            let error = await #expect(throws: ChorusError.self) { try await server.run(gracefulShutdownSignals: []) }
            #expect(error?.code == .invalidCertificate)
            #expect(error?.message.contains(chain) == true)
        }
    }
}
