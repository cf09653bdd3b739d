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
        let chorus = try ChorusProcess(["serve", "--publish", "*", "--unix", folder.file("chorus.socket")])
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

    /// The status line of the answer to a request with these headers.
    private func status(_ port: Int, _ headers: String = "", path: String = "/ws") async throws -> (String, RawClient) {
        let client = try await RawClient.connect(port: port)
        try await client.send(
            "GET \(path) HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\(headers)"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        return (String(try await client.read(through: "\r\n").split(separator: " ")[1]), client)
    }

    @Test("so are limits of an address behind a trusted proxy, and of requests")
    func limitsOfRequests() async throws {
        let chorus = try serve(
            "--max-connections-per-address",
            "1",
            "--trusted-proxy",
            "127.0.0.0/8",
            "--max-head-size",
            "400",
            "--max-headers",
            "8",
            "--log-level",
            "debug"
        )
        let port = try await chorus.port()
        let first = try await status(port, "X-Forwarded-For: 1.1.1.1\r\n")
        let second = try await status(port, "X-Forwarded-For: 1.1.1.1\r\n")
        let third = try await status(port, "X-Forwarded-For: 2.2.2.2\r\n")
        #expect([first.0, second.0, third.0] == ["101", "503", "101"])
        #expect(try await status(port, "X: \(String(repeating: "x", count: 300))\r\n").0 == "431")
        #expect(try await status(port, String(repeating: "X: x\r\n", count: 4)).0 == "431")
        try await eventually("it logs what clients cause, because it was told to") { chorus.errors.contains("refused") }
    }

    @Test("so is how far a reader may be behind, and how long it may take to close", arguments: ["messages", "bytes"])
    func limitsOfReaders(_ what: String) async throws {
        let window = what == "messages" ? ["--window-messages", "20"] : ["--window-bytes", "40000"]
        let chorus = try ChorusProcess(
            ["serve", "--port", "0", "--close-timeout", "0.2", "--memory-budget", "50000000"] + window
        )
        let port = try await chorus.port()
        let stalled = try await RawClient.connect(port: port, receiveBuffer: 4096)
        try await stalled.send(
            "GET /ws/news HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        _ = try await stalled.read(through: "\r\n\r\n")
        try await stalled.stopReading()
        let publisher = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws/news")
        // a tenth of the default window, and more than the kernel holds for somebody who does not read
        let message = ByteBuffer(repeating: 1, count: 2_000)
        for _ in 0..<200 {
            try await publisher.send(message)
            try await publisher.expect(message)
        }
        try await stalled.startReading()
        let (rest, _) = try await stalled.readToEnd()
        #expect(rest.readableBytes < 400_000)
        try await publisher.send("still here")
        try await publisher.expect("still here")
    }

    @Test("so is what may wait for one client alone: the answers to what it sends")
    func limitsOfOutbox() async throws {
        let chorus = try serve(
            "--echo",
            "--outbox-messages",
            "1",
            "--outbox-bytes",
            "1000",
            "--http-idle-timeout",
            "0.3"
        )
        let port = try await chorus.port()
        let client = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/echo")
        for size in [10, 100_000, 10] {
            try await client.send(ByteBuffer(repeating: 1, count: size))
            try await client.expect(ByteBuffer(repeating: 1, count: size))
        }
        let idle = try await RawClient.connect(port: port)
        try await idle.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        let (rest, end) = try await idle.readToEnd()
        #expect(String(buffer: rest).hasSuffix("ok\n") && end == .closed)
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
