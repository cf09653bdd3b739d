import ChorusClient
import ChorusTesting
import NIOCore
import Testing
import WebSocketWire

@Suite("Back-pressure")
struct BackPressureTests {
    private static let frameSize = 64 << 10
    private static let frames = 400

    @Test("a consumer that does not read stops the server, and then gets everything")
    func consumer() async throws {
        try await ScriptedServer.run { server in
            var configuration = WebSocketClientConfiguration()
            configuration.deflate = false
            let client = try await TestClient.connect(to: server.url(), configuration: configuration, limit: 60)
            let peer = try await server.nextPeer()
            let sending = Task {
                for number in 0..<Self.frames {
                    try await peer.send(.binary, ByteBuffer(repeating: UInt8(number & 0xFF), count: Self.frameSize))
                        .get()
                }
            }
            try await waitUntilStuck(client, peer)
            #expect(peer.written < Self.frames * Self.frameSize / 2)
            var number = 0
            for await message in client.connection.messages {
                #expect(message.payload.readableBytes == Self.frameSize)
                #expect(message.payload.readableBytesView.first == UInt8(number & 0xFF))
                number += 1
                if number == Self.frames { break }
            }
            #expect(number == Self.frames)
            try await sending.value
            try await client.close()
        }
    }

    /// Until nothing more is written while texts go the other way, to show that both event loops turn.
    private func waitUntilStuck(_ client: TestClient, _ peer: Peer) async throws {
        var (written, turns) = (-1, 0)
        while turns < 50 {
            try await client.send("turn")
            try await peer.expectText("turn")
            turns = peer.written == written ? turns + 1 : 0
            written = peer.written
        }
    }

    @Test("a server that does not read stops the sender")
    func sender() async throws {
        var script = ScriptedServer.Script()
        script.deflate = false
        try await ScriptedServer.run(script) { server in
            let client = try await TestClient.connect(to: server.url(), limit: 60)
            let connection = client.connection
            let peer = try await server.nextPeer()
            try await peer.stopReading()
            // More than the sockets' buffers can take.
            let bytes = ByteBuffer(repeating: 1, count: 12 << 20)
            let sent = Counter()
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await connection.send(bytes)
                    sent.increment()
                }
                for turn in 0..<100 {
                    try await peer.send("\(turn)").get()
                    try await client.expect("\(turn)")
                }
                #expect(sent.value == 0)
                try await peer.startReading()
                let message = WebSocketMessage(kind: .binary, payload: bytes)
                // Not expect: it would describe 12 MiB.
                let isSame = try await peer.next() == .received(.message(message))
                #expect(isSame)
                try await group.waitForAll()
            }
            #expect(sent.value == 1)
            try await client.close()
        }
    }
}
