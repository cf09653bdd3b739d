import Chorus
import ChorusTesting
import NIOCore
import Testing

/// A request is looked at a little after it has come, and by then there may be more.
@Suite("The front door")
struct FrontDoorTests {
    @Test("a request is answered whose client has said at once that it says no more")
    func requestAndEnd() async throws {
        try await serve { test in
            let client = try await test.raw()
            try await client.send("GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            try await client.halfClose()
            let answer = try await client.read(through: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test("what comes in one piece with the handshake, and its end, is published")
    func handshakeAndMessages() async throws {
        try await serve { test in
            let reader = try await test.client("/ws/room")
            let client = try await test.raw()
            var bytes = ByteBuffer(string: RawSocket.request("/ws/room"))
            for number in 0..<5 { bytes.writeImmutableBuffer(ClientFrame.text("\(number)").bytes) }
            try await client.send(bytes)
            try await client.halfClose()
            for number in 0..<5 { try await reader.expect("\(number)") }
        }
    }

    @Test("more behind a handshake than a request may have is all relayed, in order")
    func muchBehindTheHandshake() async throws {
        try await serve { test in
            let client = try await test.raw()
            var bytes = ByteBuffer(string: RawSocket.request("/ws/numbers"))
            bytes.writeImmutableBuffer(Numbered.clientFrames(0..<2000))
            try await client.send(bytes)
            _ = try await client.read(through: "\r\n\r\n")
            #expect(try await RawSocket(client: client).readNumbered(to: 2000).numbers == 0..<2000)
        }
    }

    @Test("all of a storm come in, and each gets what is published then")
    func storm() async throws {
        try await serve(configure: { $0.eventLoops = 1 }) { test in
            let clients = try await withThrowingTaskGroup(of: TestClient.self) { group in
                for _ in 0..<200 { group.addTask { try await test.client("/ws/room") } }
                return try await group.reduce(into: [TestClient]()) { $0.append($1) }
            }
            try await test.expectSessions(200)
            try await test.publish("now", to: "room")
            for client in clients { try await client.expect("now") }
        }
    }
}
