import ChorusClient
import ChorusTesting
import NIOCore
import NIOPosix
import Testing
import WebSocketWire

@Suite("What is left of a connection")
struct LeakTests {
    /// What a connection consists of, without holding it.
    private struct Remains {
        weak var connection: WebSocketConnection?
        /// The handler holds it too.
        weak var inbox: Inbox?

        var areGone: Bool { connection == nil && inbox == nil }
    }

    @Test("that was closed is nothing")
    func closed() async throws {
        try await check { client, _ in try await client.close() }
    }

    @Test("that the server closed is nothing")
    func closedByServer() async throws {
        try await check { client, peer in
            peer.close(.goingAway)
            try await client.expectClose(.goingAway)
        }
    }

    @Test("that was reset is nothing, with messages left unread and a ping unanswered")
    func reset() async throws {
        var script = ScriptedServer.Script()
        script.answersPings = false
        try await check(script) { client, peer in
            for _ in 0..<100 { peer.send(.binary, ByteBuffer(repeating: 0, count: 64 << 10)) }
            let ping = Task { [connection = client.connection] in try? await connection.ping() }
            guard case .received(.ping) = try await peer.next() else { throw TestFailure("no ping") }
            try await peer.reset()
            _ = await client.connection.waitForClose()
            #expect(await ping.value == nil)
        }
    }

    @Test("that nobody holds any more is nothing, and the server is told")
    func released() async throws {
        try await check { client, peer in
            peer.send("hello")
            try await client.expect("hello")
        } afterwards: { peer in
            try await peer.expect(.received(.close(.goingAway, reason: "")))
            try await peer.expect(.closed)
        }
    }

    @Test("lives as long as a loop over its messages")
    func loop() async throws {
        try await ScriptedServer.run { server in
            let messages = try await WebSocketClient.connect(to: server.url()).messages
            let peer = try await server.nextPeer()
            peer.send("still here")
            peer.close(.normal)
            var count = 0
            for await _ in messages { count += 1 }
            #expect(count == 1)
        }
    }

    @Test("knows how it ended even when its event loop is gone")
    func withoutEventLoop() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await ScriptedServer.run { server in
            let connection = try await WebSocketClient.connect(to: server.url(), eventLoopGroup: group)
            try await group.shutdownGracefully()
            await connection.close()
            #expect(await connection.waitForClose().code == .abnormal)
            await #expect(throws: WebSocketClientError.self) { try await connection.send("x") }
            for await _ in connection.messages {}
        }
    }

    private func check(
        _ script: ScriptedServer.Script = ScriptedServer.Script(),
        _ body: (TestClient, Peer) async throws -> Void,
        afterwards: (Peer) async throws -> Void = { _ in }
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await ScriptedServer.run(script) { server in
            let remains = try await remainsAfter(body, server, group)
            try await afterwards(remains.1)
            // The loop has nothing left to do for it once it has gone down.
            try await group.shutdownGracefully()
            #expect(remains.0.areGone)
        }
    }

    private func remainsAfter(
        _ body: (TestClient, Peer) async throws -> Void,
        _ server: ScriptedServer,
        _ group: MultiThreadedEventLoopGroup
    ) async throws -> (Remains, Peer) {
        let connection = try await WebSocketClient.connect(to: server.url(), eventLoopGroup: group)
        let peer = try await server.nextPeer()
        let remains = Remains(connection: connection, inbox: connection.inbox)
        try await body(TestClient(connection), peer)
        return (remains, peer)
    }
}
