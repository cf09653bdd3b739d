import ChorusCore
import ChorusTesting
import NIOCore
import Testing

@Suite("A body that looks like a request")
struct SmugglingTests {
    /// A handshake in the clothes of a body.
    private static let hidden = RawSocket.request("/ws/secret")

    @Test("a body by length is a body, however it is cut", arguments: [0, 1, 50, 150, 1000])
    func length(_ cut: Int) async throws {
        try await serve(router: HTTPTests.router()) { test in
            let client = try await test.raw()
            let head = "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: \(Self.hidden.utf8.count)\r\n\r\n"
            let bytes = Array((head + Self.hidden).utf8)
            try await client.send(ByteBuffer(bytes: bytes.prefix(head.utf8.count + cut)))
            try await client.send(ByteBuffer(bytes: bytes.dropFirst(head.utf8.count + cut)))
            #expect(try await client.reply().body == Self.hidden)
            #expect(test.hub.sessionCount == 0)
            #expect(try await client.ask(HTTPTests.get).body == "hello\n")
        }
    }

    @Test("a body in chunks is a body")
    func chunked() async throws {
        try await serve(router: HTTPTests.router()) { test in
            let client = try await test.raw()
            let chunk = String(Self.hidden.utf8.count, radix: 16) + "\r\n\(Self.hidden)\r\n0\r\n\r\n"
            let head = "POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            #expect(try await client.ask(head + chunk).body == Self.hidden)
            #expect(test.hub.sessionCount == 0)
            #expect(try await client.ask(HTTPTests.get).body == "hello\n")
        }
    }

    @Test(
        "where two parsers could disagree about the body, no WebSocket is opened",
        arguments: [
            "Content-Length: 0\r\nContent-Length: 5\r\n", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
            "Content-Length: +0\r\n", "Transfer-Encoding: identity\r\n", "Transfer-Encoding: xchunked\r\n",
            "Content-Length: 0, 0\r\n",
        ]
    )
    func doubtful(_ fields: String) async throws {
        try await serve(router: HTTPTests.router()) { test in
            let client = try await test.raw()
            try await client.send("POST /upload HTTP/1.1\r\nHost: x\r\n\(fields)\r\n" + Self.hidden)
            try await client.halfClose()
            let (rest, _) = try await client.readToEnd()
            #expect(!String(buffer: rest).contains("HTTP/1.1 101"), "\(String(buffer: rest))")
            try await test.expectConnections(0)
            #expect(test.hub.sessionCount == 0)
        }
    }

    @Test("a request that upgrades has no body")
    func upgradeWithBody() async throws {
        try await serve(router: HTTPTests.router()) { test in
            for field in ["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"] {
                let client = try await test.raw()
                try await client.send(RawSocket.request("/ws", field) + "12345")
                try await client.expectRefusal(400)
            }
        }
    }
}
