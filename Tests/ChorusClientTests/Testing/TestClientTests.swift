import ChorusTesting
import NIOCore
import Testing
import WebSocketWire

@Suite("The test client")
struct TestClientTests {
    private func failure(_ body: () async throws -> Void) async -> String {
        await #expect(throws: TestFailure.self) { try await body() }?.description ?? ""
    }

    @Test("says what came instead of what was expected")
    func unexpected() async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            let impatient = TestClient(client.connection, limit: 0.1)
            let peer = try await server.nextPeer()
            #expect(await failure { try await impatient.expect("hi") } == "receiving 1 message(s) took more than 0.1 s")
            peer.send("ho")
            #expect(await failure { try await client.expect("hi") } == "expected the text \"hi\", got the text \"ho\"")
            peer.send(.binary, ByteBuffer(bytes: [1, 2, 3]))
            #expect(await failure { try await client.expect("hi") } == "expected the text \"hi\", got 3 binary bytes")
            peer.send("extra")
            #expect(await failure { try await client.expectNothing() } == "expected nothing, got the text \"extra\"")
            try await client.expectNothing()
            peer.close(.goingAway, "bye")
            #expect(
                await failure { try await client.expect("hi") }
                    == "expected 1 message(s), got 0 and then 1001 bye (peer)"
            )
            #expect(
                await failure { try await client.expectClose(.normal) }
                    == "expected the close code 1000, got 1001 bye (peer)"
            )
        }
    }

    @Test("has a limit for everything, even for what ignores its cancellation")
    func timeouts() async throws {
        let (never, end) = AsyncStream.makeStream(of: Void.self)
        let error = await #expect(throws: TestFailure.self) {
            try await withTimeout(0.05, "waiting for nothing") {
                // Not cancelled with the task that waits for it.
                await Task { for await _ in never {} }.value
            }
        }
        #expect(error?.description == "waiting for nothing took more than 0.05 s")
        end.finish()
        #expect(try await withTimeout { 7 } == 7)
        await #expect(throws: CancellationError.self) { try await withTimeout { throw CancellationError() } }
    }
}
