import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import NIOCore
import Testing

/// Tokens that are valid for so many seconds from when they are shown: their names.
private struct TimedTokens: TokenVerifier {
    func connection(_ token: String) async throws(TokenRefusal) -> ConnectionToken {
        guard let seconds = Int64(token) else { throw TokenRefusal(.malformed, "this is no token") }
        let (end, isFar) = WallClock.seconds.addingReportingOverflow(seconds)
        return ConnectionToken(user: "ann", expiresAt: isFar ? .max : end)
    }

    func subscription(_ token: String) async throws(TokenRefusal) -> SubscriptionToken {
        throw TokenRefusal(.claim, "there are no subscription tokens here")
    }
}

@Suite("Tokens that expire")
struct TokenExpiryTests {
    private func serve(
        grace: TimeAmount,
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await ChorusTests.serve(
            routes: { server in
                server.relayTopics()
                server.authenticate(with: TimedTokens(), allowsAnonymous: true, grace: grace)
            },
            body
        )
    }

    @Test("a client is closed with 4401 when its token has expired and the grace is over; others stay")
    func expires() async throws {
        try await serve(grace: .milliseconds(500)) { test in
            let start = ContinuousClock.now
            let client = try await test.client("/ws/a?token=2")
            let other = try await test.client("/ws/a?token=3600")
            let nobody = try await test.client("/ws/a")
            try await client.send("hi")
            for client in [client, other, nobody] { try await client.expect("hi") }
            let end = try await client.expectClose(.tokenExpired)
            #expect(end.reason == "the token has expired")
            // a part of the second in which it was shown may have been over
            #expect(ContinuousClock.now - start >= .milliseconds(1500))
            try await test.expectSessions(2)
            try await test.publish("still there", to: "a")
            for client in [other, nobody] { try await client.expect("still there") }
        }
    }

    @Test("a token of ages is one", arguments: ["2000000000", "9000000000000000", "9223372036854775807"])
    func ages(_ seconds: String) async throws {
        try await serve(grace: .seconds(25)) { test in
            let client = try await test.client("/ws/a?token=\(seconds)")
            try await client.send("hi")
            try await client.expect("hi")
            try await client.close()
            try await test.expectSessions(0)
        }
    }

    @Test("a client that has gone before is not asked for")
    func gone() async throws {
        try await serve(grace: .zero) { test in
            for _ in 0..<5 {
                try await (try await test.client("/ws/a?token=3")).close()
                try await (try await RawSocket.open(try await test.raw(), "/ws/a?token=3")).client.reset()
            }
            let last = try await test.client("/ws/a?token=3")
            try await last.expectClose(.tokenExpired)
            try await test.expectConnections(0)
        }
    }

    @Test("one that cannot be told is gone all the same")
    func stalled() async throws {
        try await serve(grace: .zero) { test in
            let client = try await RawSocket.open(try await test.raw(receiveBuffer: 4096), "/ws/a?token=2")
            try await client.client.stopReading()
            for _ in 0..<50 { try await test.publish(String(repeating: "x", count: 4096), to: "a") }
            try await test.expectConnections(0)
        }
    }
}
