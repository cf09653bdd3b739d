import Chorus
import ChorusCore
import ChorusTesting
import Testing

@Suite("Addresses behind proxies")
struct ForwardedAddressTests {
    /// What the hook is told of the client's address.
    private func address(_ proxies: [String], _ headers: String) async throws -> String? {
        let notes = Notes<String?>()
        let networks = try proxies.map { try TrustedProxy($0) }
        try await serve(
            configure: { $0.trustedProxies = networks },
            routes: { server in
                server.relayTopics()
                server.onConnect { notes.note($0.remoteAddress) }
            }
        ) { test in
            _ = try await RawSocket.open(try await test.raw(), "/ws", headers)
        }
        return try await notes.next()
    }

    @Test("X-Forwarded-For is believed of a trusted proxy only")
    func trusted() async throws {
        let forwarded = "X-Forwarded-For: 9.9.9.9, 1.2.3.4\r\n"
        #expect(try await address([], forwarded) == "127.0.0.1")
        #expect(try await address(["10.0.0.0/8"], forwarded) == "127.0.0.1")
        #expect(try await address(["127.0.0.1"], forwarded) == "1.2.3.4")
        #expect(try await address(["127.0.0.0/8", "1.2.0.0/16"], forwarded) == "9.9.9.9")
        #expect(try await address(["127.0.0.1"], "") == "127.0.0.1")
        #expect(try await address(["127.0.0.1"], "X-Forwarded-For: evil\r\n") == "127.0.0.1")
        #expect(
            try await address(["127.0.0.1"], "X-Forwarded-For: 5.5.5.5\r\nX-Forwarded-For: 6.6.6.6\r\n") == "6.6.6.6"
        )
    }
}
