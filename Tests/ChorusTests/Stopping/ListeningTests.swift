import Chorus
import ChorusCore
import ChorusTesting
import Testing

@Suite("Where a server listens")
struct ListeningTests {
    @Test("a free port is found, and said")
    func freePort() async throws {
        try await serve { test in
            #expect(test.address.host == "127.0.0.1")
            #expect(test.port > 0)
            #expect("\(test.address)" == "127.0.0.1:\(test.port)")
            #expect(await test.server.addresses == [test.address])
        }
    }

    @Test("IPv6 works")
    func ipv6() async throws {
        try await serve(configure: { $0.host = "::1" }) { test in
            #expect("\(test.address)" == "[::1]:\(test.port)")
            let client = try await TestClient.connect(to: "ws://[::1]:\(test.port)/ws")
            try await client.send("hi")
            try await client.expect("Message: hi")
        }
    }

    @Test("a port that is taken is an error that names it, and nobody waits for an address")
    func portInUse() async throws {
        try await serve { test in
            let server = BroadcastServer(configuration: .init(port: test.port), logger: Recorder().logger)
            async let addresses = server.addresses
            let error = await #expect(throws: ChorusError.self) { try await server.run(gracefulShutdownSignals: []) }
            #expect(error?.code == .cannotListen)
            #expect(error?.message.contains("127.0.0.1:\(test.port)") == true)
            #expect(await addresses.isEmpty)
        }
    }

    @Test("an address that is none of this machine's is an error", arguments: ["192.0.2.1", "no.such.host.invalid"])
    func foreignAddress(_ host: String) async throws {
        let server = BroadcastServer(configuration: .init(host: host, port: 0), logger: Recorder().logger)
        let error = await #expect(throws: ChorusError.self) { try await server.run(gracefulShutdownSignals: []) }
        #expect(error?.code == .cannotListen)
    }
}
