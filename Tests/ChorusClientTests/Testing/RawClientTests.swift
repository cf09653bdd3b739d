import ChorusTesting
import NIOCore
import Testing
import WebSocketWire

@Suite("The raw client")
struct RawClientTests {
    private static let request = """
        GET /raw HTTP/1.1\r
        Host: x\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
        \r

        """

    private func connected(_ server: ScriptedServer) async throws -> (RawClient, Peer) {
        let client = try await RawClient.connect(port: server.port)
        try await client.send(Self.request)
        let peer = try await server.nextPeer()
        #expect(try await client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
        return (client, peer)
    }

    @Test("sends and takes bytes")
    func bytes() async throws {
        try await ScriptedServer.run { server in
            let (client, peer) = try await connected(server)
            peer.send(raw: ByteBuffer(string: "0123456789"))
            #expect(try await client.read(4) == ByteBuffer(string: "0123"))
            #expect(try await client.read(through: "7") == "4567")
            #expect(try await client.read { $0.readableBytes == 2 ? 1 : nil } == ByteBuffer(string: "8"))
            try await peer.hangUp()
            let (rest, end) = try await client.readToEnd()
            #expect(rest == ByteBuffer(string: "9"))
            #expect(end == .closed)
        }
    }

    @Test("says what came instead when its limit is over or the connection ends")
    func failures() async throws {
        try await ScriptedServer.run { server in
            let (client, peer) = try await connected(server)
            try await peer.send(raw: ByteBuffer(string: "short")).get()
            let late = await #expect(throws: TestFailure.self) { try await client.read(6, within: 0.05) }
            #expect(late?.description.contains("not within 0.05 s") == true)
            #expect(try await client.read(1) == ByteBuffer(string: "s"))
            try await peer.hangUp()
            let ended = await #expect(throws: TestFailure.self) { try await client.read(5) }
            #expect(ended?.description.contains("\"hort\"") == true)
        }
    }

    @Test("closes its half, resets, and notices a reset")
    func ends() async throws {
        try await ScriptedServer.run { server in
            let (halfClosing, first) = try await connected(server)
            try await halfClosing.halfClose()
            try await first.expect(.inputClosed)
            #expect(try await halfClosing.readToEnd().end == .closed)

            let (resetting, second) = try await connected(server)
            try await resetting.reset()
            try await second.expect(.error)

            let (other, third) = try await connected(server)
            try await third.reset()
            #expect(try await other.readToEnd().end == .reset)
        }
    }

    @Test("stops reading, so that the server cannot write on")
    func stopReading() async throws {
        try await ScriptedServer.run { server in
            let client = try await RawClient.connect(port: server.port, receiveBuffer: 4_096)
            try await client.send(Self.request)
            let peer = try await server.nextPeer()
            _ = try await client.read(through: "\r\n\r\n")
            try await client.stopReading()
            let size = 8 << 20
            let written = peer.send(raw: ByteBuffer(repeating: 1, count: size))
            // The other direction is not stopped.
            for _ in 0..<100 {
                var frame = ByteBuffer()
                WebSocketFrame.write(.ping, ByteBuffer(), mask: 1, into: &frame)
                try await client.send(frame)
                try await peer.expect(.received(.ping(ByteBuffer())))
            }
            #expect(peer.written < size)
            try await client.startReading()
            #expect(try await client.read(size).readableBytes == size)
            try await written.get()
        }
    }

    @Test("connects to a Unix domain socket")
    func unixSocket() async throws {
        let path = "/tmp/chorus-raw-\(UInt32.random(in: 0 ... .max)).sock"
        try await ScriptedServer.run(unixSocketPath: path) { _ in
            let client = try await RawClient.connect(unixSocketPath: path)
            try await client.send("GET / HTTP/1.1\r\n\r\n")
            #expect(try await client.read(through: "\r\n").hasPrefix("HTTP/1.1 400 "))
        }
    }
}
