import Chorus
import ChorusTesting
import Hummingbird
import NIOCore
import Testing

@Suite("HTTP behind the front door")
struct HTTPTests {
    static let get = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"

    /// `/hello`, `/upload` (answers with what it got), and what is not there.
    static func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.get("/hello") { _, _ in "hello\n" }
        router.post("/upload") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            return Response(status: .ok, body: .init(byteBuffer: body))
        }
        return router
    }

    @Test("requests are answered by the router, one after the other on one connection")
    func keepAlive() async throws {
        try await serve(router: Self.router()) { test in
            let client = try await test.raw()
            for _ in 0..<5 {
                let reply = try await client.ask(Self.get)
                #expect(reply.status == 200)
                #expect(reply.body == "hello\n")
                #expect(reply.header("Server") == "chorus")
            }
            #expect(try await client.ask("GET /none HTTP/1.1\r\nHost: x\r\n\r\n").status == 404)
            #expect(try await client.ask(Self.get).status == 200)
            #expect(test.server.connectionCount == 1)
        }
    }

    @Test("the connection ends when the client asks for that")
    func connectionClose() async throws {
        try await serve(router: Self.router()) { test in
            let client = try await test.raw()
            let reply = try await client.ask("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(reply.body == "hello\n")
            #expect(try await client.readToEnd().end == .closed)
            try await client.close()
            try await test.expectConnections(0)
        }
    }

    @Test(
        "it ends after an answer behind which nothing would be answered",
        arguments: [
            "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
            "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Close\r\n\r\n",
            "GET /hello HTTP/1.0\r\n\r\n",
        ]
    )
    func lastRequest(_ request: String) async throws {
        try await serve(router: Self.router()) { test in
            let client = try await test.raw()
            // what follows is not looked at, whatever it is
            try await client.send(request + RawSocket.request("/ws"))
            #expect(try await client.reply().body == "hello\n")
            let (rest, end) = try await client.readToEnd()
            #expect(rest.readableBytes == 0)
            #expect(end == .closed)
        }
    }

    @Test("however much follows the last request, it does not take the answer with it")
    func behindTheLast() async throws {
        try await serve(router: Self.router()) { test in
            for _ in 0..<10 {
                let client = try await test.raw()
                let more = String(repeating: "more\n", count: 40_000)
                try await client.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + more)
                #expect(try await client.reply().body == "hello\n")
                let (_, end) = try await client.readToEnd()
                #expect(end == .closed)
            }
        }
    }

    @Test("a request may be cut anywhere")
    func cut() async throws {
        try await serve(router: Self.router()) { test in
            let request = Array("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody".utf8)
            let client = try await test.raw()
            for cut in 1..<request.count {
                try await client.send(ByteBuffer(bytes: request[..<cut]))
                try await client.send(ByteBuffer(bytes: request[cut...]))
                #expect(try await client.reply().body == "body")
            }
        }
    }

    @Test("a request may come byte by byte")
    func bytes() async throws {
        try await serve(router: Self.router()) { test in
            let client = try await test.raw()
            for byte in "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody".utf8 {
                try await client.send(ByteBuffer(integer: byte))
            }
            #expect(try await client.reply().body == "body")
            for byte in Self.get.utf8 { try await client.send(ByteBuffer(integer: byte)) }
            #expect(try await client.reply().body == "hello\n")
        }
    }

    @Test("pipelined requests are answered in order")
    func pipelined() async throws {
        try await serve(router: Self.router()) { test in
            let client = try await test.raw()
            let upload = "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
            try await client.send(String(repeating: Self.get + upload, count: 20))
            for _ in 0..<20 {
                #expect(try await client.reply().body == "hello\n")
                #expect(try await client.reply().body == "abc")
            }
        }
    }

    @Test("a body arrives whole, by length or in chunks")
    func bodies() async throws {
        try await serve(router: Self.router()) { test in
            let client = try await test.raw()
            let body = String(repeating: "0123456789", count: 20_000)
            let reply = try await client.ask(
                "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body
            )
            #expect(reply.body == body)
            let chunked = try await client.ask(
                "POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            )
            #expect(chunked.body == "abcde")
            #expect(try await client.ask(Self.get).body == "hello\n")
        }
    }

    @Test("a connection that is idle too long is closed")
    func idle() async throws {
        try await serve(router: Self.router(), configure: { $0.limits.httpIdleTime = .milliseconds(200) }) { test in
            let client = try await test.raw()
            #expect(try await client.ask(Self.get).status == 200)
            #expect(try await client.readToEnd().end == .closed)
            try await test.expectConnections(0)
        }
    }

    @Test("a client that goes in the middle disturbs nobody", arguments: [false, true])
    func goes(_ resets: Bool) async throws {
        try await serve(router: Self.router()) { test in
            let client = try await test.raw()
            try await client.send("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
            try await test.expectConnections(1)
            if resets { try await client.reset() } else { try await client.close() }
            try await test.expectConnections(0)
        }
    }
}
