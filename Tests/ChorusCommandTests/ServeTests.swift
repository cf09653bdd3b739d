import ChorusClient
import ChorusTesting
import Foundation
import NIOCore
import Testing

@Suite("chorus serve")
struct ServeTests {
    private func ask(_ port: Int, _ path: String) async throws -> String {
        let client = try await RawClient.connect(port: port)
        try await client.send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n")
        return String(buffer: try await client.readToEnd().rest)
    }

    @Test("it says where it listens and what is there, and then two clients talk")
    func serves() async throws {
        let chorus = try serve("--echo")
        let port = try await chorus.port()
        for url in ["http://127.0.0.1:\(port)/", "ws://127.0.0.1:\(port)/ws", "/ws/{topic}", "/echo"] {
            #expect(chorus.output.contains(url))
        }
        let ada = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws")
        let bob = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws")
        try await ada.send("hi")
        for client in [ada, bob] { try await client.expect("Message: hi") }
        let topic = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws/news")
        try await topic.send("unchanged")
        try await topic.expect("unchanged")
        let echo = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/echo")
        try await echo.send(ByteBuffer(bytes: [1, 2, 3]))
        try await echo.expect(ByteBuffer(bytes: [1, 2, 3]))
        for client in [ada, bob] { try await client.expectNothing() }
        #expect(!chorus.errors.contains("error") && !chorus.errors.contains("warning"))
    }

    @Test("over HTTP it says what is running, whether it is healthy, and what is not there")
    func http() async throws {
        let chorus = try serve()
        let port = try await chorus.port()
        let front = try await ask(port, "/")
        #expect(front.hasPrefix("HTTP/1.1 200 "))
        #expect(front.contains("Chorus") && front.contains("ws://127.0.0.1:\(port)/ws"))
        #expect(!front.contains("/echo"))
        #expect(try await ask(port, "/health").hasSuffix("\r\n\r\nok\n"))
        #expect(try await ask(port, "/none").hasPrefix("HTTP/1.1 404 "))
        #expect(try await ask(port, "/echo").hasPrefix("HTTP/1.1 404 "))
        #expect(try await ask(port, "/ws").hasPrefix("HTTP/1.1 426 "))
    }

    @Test("it listens on a Unix socket in place of a port")
    func unixSocket() async throws {
        let folder = try TemporaryFolder()
        let chorus = try ChorusProcess(["serve", "--unix", folder.file("chorus.socket")])
        #expect(try await chorus.address() == folder.file("chorus.socket"))
        let client = try await TestClient.connect(to: "ws+unix:\(folder.file("chorus.socket")):/ws")
        try await client.send("hi")
        try await client.expect("Message: hi")
        chorus.signal(SIGTERM)
        try await client.expectClose(.goingAway)
        #expect(try await chorus.exitCode() == 0)
    }

    @Test("only this machine can connect unless it is told otherwise")
    func loopback() async throws {
        #expect(try await (try serve()).address().hasPrefix("127.0.0.1:"))
        let open = try serve("--host", "0.0.0.0")
        #expect(try await open.address().hasPrefix("0.0.0.0:"))
        #expect(open.output.contains("ws://127.0.0.1:"))
    }

    @Test("limits are what the options say")
    func limits() async throws {
        let chorus = try serve(
            "--max-connections",
            "2",
            "--max-message-size",
            "100",
            "--handshake-timeout",
            "0.3",
            "--event-loops",
            "1"
        )
        let port = try await chorus.port()
        let client = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws")
        let silent = try await RawClient.connect(port: port)
        let refused = try await RawClient.connect(port: port)
        try await refused.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let reply = String(buffer: try await refused.readToEnd().rest)
        #expect(reply.hasPrefix("HTTP/1.1 503 ") && reply.contains("Retry-After: "))
        #expect(String(buffer: try await silent.readToEnd().rest).hasPrefix("HTTP/1.1 408 "))
        try await client.send(String(repeating: "x", count: 101))
        try await client.expectClose(.messageTooBig)
    }

    @Test("options choose whom it lets in, and how")
    func lettingIn() async throws {
        let chorus = try serve("--origin", "https://example.com", "--no-compression")
        let port = try await chorus.port()
        #expect(try await !TestClient.connect(to: "ws://127.0.0.1:\(port)/ws").connection.isCompressed)
        for (origin, status) in [("https://example.com", "101"), ("https://evil.example", "403")] {
            let client = try await RawClient.connect(port: port)
            try await client.send(
                "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: \(origin)\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
            #expect(try await client.read(through: "\r\n").hasPrefix("HTTP/1.1 \(status) "))
        }
    }

    @Test("silent clients are found as the options say")
    func keepAlive() async throws {
        let chorus = try serve("--ping-interval", "0.2", "--ping-timeout", "0.2")
        let client = try await RawClient.connect(port: try await chorus.port())
        try await client.send(
            "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        let (rest, _) = try await client.readToEnd()
        #expect(rest.readableBytesView.suffix(2).elementsEqual([0x89, 0]))
    }
}
