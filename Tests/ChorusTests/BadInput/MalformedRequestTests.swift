import Chorus
import ChorusTesting
import NIOCore
import Testing

@Suite("Requests that are no good")
struct MalformedRequestTests {
    @Test(
        "malformed HTTP is answered 400",
        arguments: [
            "nonsense\r\n\r\n", "GET /\r\n\r\n", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\nHost: x\n\n",
            "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
            "G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /\u{1} HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nbad\r\n\r\n",
            "\u{16}\u{3}\u{1}\u{2}\0\u{1}\n\r\n", "GET / FTP/1.1\r\nHost: x\r\n\r\n",
        ]
    )
    func malformed(_ request: String) async throws {
        try await serve { test in
            let neighbour = try await test.client()
            let client = try await test.raw()
            try await client.send(request)
            try await client.expectRefusal(400)
            try await neighbour.send("hi")
            try await neighbour.expect("Message: hi")
        }
    }

    @Test("another version of HTTP is answered 505", arguments: ["HTTP/2.0", "HTTP/0.9", "HTTP/1.2"])
    func version(_ version: String) async throws {
        try await serve { test in
            let client = try await test.raw()
            try await client.send("GET / \(version)\r\nHost: x\r\n\r\n")
            try await client.expectRefusal(505)
        }
    }

    @Test("too many header fields are answered 431")
    func manyFields() async throws {
        try await serve { test in
            let exact = try await test.raw()
            let fields = (1..<100).map { "X-\($0): y\r\n" }.joined()
            #expect(try await exact.ask("GET / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n").status == 404)
            let client = try await test.raw()
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\(fields)One-More: z\r\n\r\n")
            try await client.expectRefusal(431)
        }
    }

    @Test("header fields of more than 16 KiB are answered 431, before their end")
    func largeFields() async throws {
        try await serve { test in
            let client = try await test.raw()
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\nX: " + String(repeating: "y", count: 20_000))
            try await client.expectRefusal(431)
        }
    }

    @Test("a header flood that does not stop is answered 431")
    func flood() async throws {
        try await serve(configure: { $0.limits.closeTime = .seconds(5) }) { test in
            let client = try await test.raw()
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n")
            let flooding = Task {
                while !Task.isCancelled { try await client.send(String(repeating: "x-flood: y\r\n", count: 500)) }
            }
            #expect(try await client.reply().status == 431)
            flooding.cancel()
            _ = await flooding.result
        }
    }

    @Test("a request line of more than 8 KiB is answered 414")
    func longLine() async throws {
        try await serve { test in
            let client = try await test.raw()
            try await client.send("GET /" + String(repeating: "x", count: 9000))
            try await client.expectRefusal(414)
        }
    }

    @Test("a version of WebSocket that is not spoken here is answered 426 with the one that is")
    func webSocketVersion() async throws {
        try await serve { test in
            let client = try await test.raw()
            let request = RawSocket.request("/ws").replacing("Version: 13", with: "Version: 8")
            try await client.send(request)
            #expect(try await client.expectRefusal(426).header("Sec-WebSocket-Version") == "13")
        }
    }

    @Test("a plain request for a WebSocket's path is answered 426")
    func noUpgrade() async throws {
        try await serve { test in
            let client = try await test.raw()
            try await client.send("GET /ws HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.expectRefusal(426).header("Upgrade") == "websocket")
        }
    }

    @Test(
        "a key that is missing or is none is answered 400",
        arguments: ["", "Sec-WebSocket-Key: short\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=\r\n"]
    )
    func key(_ field: String) async throws {
        try await serve { test in
            let client = try await test.raw()
            let request = RawSocket.request("/ws").replacing(
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                with: field
            )
            try await client.send(request)
            #expect(try await client.expectRefusal(400).body.contains("Sec-WebSocket-Key"))
        }
    }

    @Test("another method than GET is answered 405")
    func method() async throws {
        try await serve { test in
            let client = try await test.raw()
            try await client.send(RawSocket.request("/ws").replacing("GET ", with: "POST "))
            #expect(try await client.expectRefusal(405).header("Allow") == "GET")
        }
    }

    @Test("a connection that ends before its request does is forgotten", arguments: [false, true])
    func ends(_ resets: Bool) async throws {
        try await serve { test in
            let client = try await test.raw()
            try await client.send("GET /ws HTTP/1.1\r\nHos")
            try await test.expectConnections(1)
            if resets { try await client.reset() } else { try await client.halfClose() }
            try await test.expectConnections(0)
        }
    }
}
