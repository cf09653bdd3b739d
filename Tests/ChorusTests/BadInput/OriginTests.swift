import Chorus
import ChorusTesting
import Testing
import WebSocketWire

@Suite("Web pages of other origins")
struct OriginTests {
    /// The status of a handshake with these header fields.
    private func status(_ test: TestServer, host: String, origin: String?) async throws -> Int {
        let client = try await test.raw()
        let request = RawSocket.request("/ws", origin.map { "Origin: \($0)\r\n" } ?? "")
            .replacing("Host: 127.0.0.1", with: "Host: \(host)")
        return try await client.ask(request).status
    }

    @Test("pages of this machine, and programs, may connect")
    func own() async throws {
        try await serve { test async throws in
            for host in ["127.0.0.1:\(test.port)", "localhost:\(test.port)", "app.localhost", "[::1]:80"] {
                #expect(try await status(test, host: host, origin: "http://\(host)") == 101, "\(host)")
            }
            #expect(try await status(test, host: "anything.example", origin: nil) == 101)
        }
    }

    @Test(
        "a page from elsewhere is refused with 403",
        arguments: ["http://evil.example", "http://127.0.0.1.evil.example", "null", "http://127.0.0.1:1", "file://"]
    )
    func foreign(_ origin: String) async throws {
        try await serve { test async throws in
            let client = try await test.raw()
            let host = "127.0.0.1:\(test.port)"
            try await client.send(
                RawSocket.request("/ws", "Origin: \(origin)\r\n").replacing("Host: 127.0.0.1", with: "Host: \(host)")
            )
            try await client.expectRefusal(403)
            #expect(test.hub.sessionCount == 0)
        }
    }

    @Test("a page that made its own name lead to this machine is refused with 403")
    func rebinding() async throws {
        try await serve { test async throws in
            #expect(try await status(test, host: "evil.example", origin: "http://evil.example") == 403)
            #expect(try await status(test, host: "evil.example:8000", origin: "http://evil.example:8000") == 403)
        }
    }

    @Test("what is allowed by name may connect, also through a proxy of this machine")
    func allowed() async throws {
        try await serve(configure: { $0.origins = .allowed(["https://example.com", "https://*.example.org"]) }) {
            test async throws in
            #expect(try await status(test, host: "example.com", origin: "https://example.com") == 101)
            #expect(try await status(test, host: "backend:8000", origin: "https://a.example.org") == 101)
            #expect(try await status(test, host: "backend:8000", origin: "https://evil.example") == 403)
            #expect(try await status(test, host: "backend:8000", origin: "http://example.com") == 403)
        }
    }

    @Test("a list of origins does not open the door to rebinding")
    func allowedRebinding() async throws {
        try await serve(configure: { $0.origins = .allowed(["https://example.com"]) }) { test async throws in
            #expect(try await status(test, host: "evil.example:8000", origin: "http://evil.example:8000") == 403)
        }
    }

    @Test("every page may connect where that was asked for")
    func any() async throws {
        try await serve(configure: { $0.origins = .any }) { test async throws in
            #expect(try await status(test, host: "evil.example", origin: "http://other.example") == 101)
            #expect(try await status(test, host: "evil.example", origin: "null") == 101)
        }
    }
}
