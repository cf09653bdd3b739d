import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import NIOCore
import Synchronization
import Testing
import WebSocketWire

@Suite("One client alone")
struct ClientSendTests {
    /// Runs a server whose one endpoint notes its clients and waits for their end.
    private func serveNoting(
        routes: @escaping (BroadcastServer) -> Void = { _ in },
        _ body: @escaping @Sendable (TestServer, Notes<Client>) async throws -> Void
    ) async throws {
        let notes = Notes<Client>()
        try await serve(routes: { server in
            server.webSocket("/ws") { client in
                notes.note(client)
                _ = await client.waitForClose()
            }
            routes(server)
        }) { try await body($0, notes) }
    }

    @Test("what is sent to one reaches that one, in order, from any task")
    func send() async throws {
        try await serveNoting { test, notes in
            let first = try await test.client()
            let second = try await test.client()
            let clients = try await notes.next(2)
            for number in 0..<50 {
                clients[0].send("\(number)")
                clients[1].send(Message(.binary, ByteBuffer(integer: UInt8(number))))
            }
            for number in 0..<50 {
                try await first.expect("\(number)")
                try await second.expect(ByteBuffer(integer: UInt8(number)))
            }
        }
    }

    @Test("close says its code and reason, after what was sent")
    func close() async throws {
        try await serveNoting { test, notes in
            let peer = try await test.client()
            let client = try await notes.next()
            client.send("last")
            client.close(.init(rawValue: 4001), reason: "enough")
            try await peer.expect("last")
            let reason = try await peer.expectClose(.init(rawValue: 4001))
            #expect(reason.reason == "enough")
            #expect(await client.waitForClose().initiator == .server)
            #expect(client.closeReason?.code.rawValue == 4001)
            #expect(client.closeReason?.reason == "enough")
        }
    }

    @Test("a long reason is cut between characters")
    func longReason() async throws {
        try await serveNoting { test, notes in
            let peer = try await test.client()
            try await notes.next().close(reason: String(repeating: "é", count: 100))
            #expect(try await peer.expectClose(.normal).reason == String(repeating: "é", count: 61))
        }
    }

    @Test("after the end, sending and closing do nothing")
    func afterTheEnd() async throws {
        try await serveNoting { test, notes in
            let peer = try await test.client()
            let client = try await notes.next()
            try await peer.close()
            let reason = await client.waitForClose()
            client.send("late")
            client.close(.init(rawValue: 4002))
            try await test.expectSessions(0)
            #expect(client.closeReason == reason)
        }
    }

    @Test("a client that leaves too much unread is closed with 1013", arguments: [(100_000, 10), (10, 20_000)])
    func outbox(_ size: Int, _ count: Int) async throws {
        try await serveNoting { test, notes in
            let socket = try await RawSocket.open(try await test.raw(receiveBuffer: 4096))
            try await socket.client.stopReading()
            let client = try await notes.next()
            let text = String(repeating: "x", count: size)
            for _ in 0..<100 where client.closeReason == nil {
                for _ in 0..<count { client.send(text) }
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(await client.waitForClose().code == .tryAgainLater)
            try await test.expectSessions(0)
        }
    }

    @Test("who is sent to is not disturbed by who is not", arguments: [1, 2])
    func broadcastExcept(_ eventLoops: Int) async throws {
        let notes = Notes<Client>()
        try await serve(
            configure: { $0.eventLoops = eventLoops },
            routes: { server in
                server.webSocket("/ws") { client in
                    notes.note(client)
                    for await text in client.texts { server.broadcast(text, except: client) }
                }
            }
        ) { test in
            var peers: [TestClient] = []
            for _ in 0..<4 {
                peers.append(try await test.client())
                _ = try await notes.next()
            }
            for (number, sender) in peers.enumerated() {
                try await sender.send("from \(number)")
                for (other, peer) in peers.enumerated() where other != number {
                    try await peer.expect("from \(number)")
                }
            }
            test.server.broadcast(Message(.binary, ByteBuffer(string: "all")))
            for peer in peers {
                try await peer.expect(ByteBuffer(string: "all"))
                try await peer.expectNothing()
            }
        }
    }
}
