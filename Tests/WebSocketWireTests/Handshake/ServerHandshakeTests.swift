import NIOCore
import Testing
import WebSocketWire

@Suite("Server handshake")
struct ServerHandshakeTests {
    private func response(_ handshake: ServerHandshake, headers: [HTTPHeaderField] = []) -> String {
        var buffer = ByteBuffer()
        handshake.writeResponse(into: &buffer, headers: headers)
        return buffer.text
    }

    @Test("the example of RFC 6455 section 1.3")
    func example() throws {
        let handshake = try TestRequest().negotiate()
        #expect(
            response(handshake) == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
        )
        #expect(handshake.subprotocol == nil)
        #expect(handshake.deflate == nil)
    }

    static let cases: [(name: String, request: TestRequest, status: Int)] = [
        ("many tokens", TestRequest([("Connection", "keep-alive, upgrade"), ("Upgrade", "WebSocket, h2c")]), 101),
        ("POST", TestRequest(line: "POST /chat HTTP/1.1"), 405),
        ("HEAD", TestRequest(line: "HEAD /chat HTTP/1.1"), 405),
        ("HTTP/1.0", TestRequest(line: "GET /chat HTTP/1.0"), 400),
        ("no upgrade", TestRequest([("Upgrade", nil)]), 426),
        ("another upgrade", TestRequest([("Upgrade", "h2c")]), 426),
        ("no connection", TestRequest([("Connection", nil)]), 400),
        ("another connection", TestRequest([("Connection", "keep-alive")]), 400),
        ("no version", TestRequest([("Sec-WebSocket-Version", nil)]), 426),
        ("an old version", TestRequest([("Sec-WebSocket-Version", "8")]), 426),
        ("two versions", TestRequest([("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Version", "13")]), 426),
        ("no key", TestRequest([("Sec-WebSocket-Key", nil)]), 400),
        ("a short key", TestRequest([("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j")]), 400),
        ("a long key", TestRequest([("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZWFh")]), 400),
        ("a key that is not base64", TestRequest([("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j*Q==")]), 400),
        ("a padded middle", TestRequest([("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25=ZQ==")]), 400),
        (
            "two keys",
            TestRequest([
                ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ]), 400
        ),
        ("an empty body", TestRequest([("Content-Length", "0")]), 101),
        ("a body", TestRequest([("Content-Length", "5")]), 400),
        ("a chunked body", TestRequest([("Transfer-Encoding", "chunked")]), 400),
        ("a foreign page", TestRequest([("Origin", "https://evil.example")]), 403),
        ("a broken list of extensions", TestRequest([("Sec-WebSocket-Extensions", "a;;b")]), 400),
    ]

    @Test("what is refused, and how", arguments: cases)
    func refusals(_ example: (name: String, request: TestRequest, status: Int)) {
        #expect(example.request.status() == example.status)
    }

    @Test("a refusal says what would be right")
    func refusalHeaders() {
        func refusal(_ request: TestRequest) -> String {
            do throws(HandshakeRefusal) {
                _ = try request.negotiate()
                return ""
            } catch {
                var buffer = ByteBuffer()
                error.writeResponse(into: &buffer)
                return buffer.text
            }
        }
        let version = refusal(TestRequest([("Sec-WebSocket-Version", "8")]))
        #expect(version.hasPrefix("HTTP/1.1 426 Upgrade Required\r\n"))
        #expect(version.contains("\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"))
        #expect(version.contains("\r\nConnection: Upgrade, close\r\n"))
        #expect(refusal(TestRequest(line: "PUT / HTTP/1.1")).contains("\r\nAllow: GET\r\n"))
    }

    @Test("a refusal is a whole response, whatever is in it")
    func refusalResponse() throws {
        let refusal = HandshakeRefusal(
            status: 403,
            reason: "Nö.",
            headers: [HTTPHeaderField(name: "X\r\nEvil", value: "a\r\nSet-Cookie: b\0")]
        )
        var buffer = ByteBuffer()
        refusal.writeResponse(into: &buffer)
        #expect(
            buffer.text == "HTTP/1.1 403 Forbidden\r\nXEvil: aSet-Cookie: b\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\nConnection: close\r\n\r\nNö.\n"
        )
    }

    @Test("further fields of the response")
    func furtherFields() throws {
        let text = try response(TestRequest().negotiate(), headers: [HTTPHeaderField(name: "Server", value: "chorus")])
        #expect(text.hasSuffix("=\r\nServer: chorus\r\n\r\n"))
    }

    @Test(
        "the client's first subprotocol that the server speaks",
        arguments: [
            (["a", "b"], "b, a", "b"), (["a", "b"], "c,b", "b"), (["a"], "A", nil), (["a"], "", nil), ([], "a", nil),
            (["json", "protobuf"], "x", nil),
        ] as [([String], String, String?)]
    )
    func subprotocols(_ spoken: [String], _ wanted: String, _ chosen: String?) throws {
        let request = TestRequest([("Sec-WebSocket-Protocol", wanted)])
        let handshake = try request.negotiate(ServerHandshake.Options(subprotocols: spoken))
        #expect(handshake.subprotocol == chosen)
        #expect(response(handshake).contains("Sec-WebSocket-Protocol") == (chosen != nil))
    }

    @Test("subprotocols over two fields")
    func subprotocolFields() throws {
        let request = TestRequest([("Sec-WebSocket-Protocol", "x"), ("Sec-WebSocket-Protocol", "y, z")])
        #expect(try request.negotiate(ServerHandshake.Options(subprotocols: ["z", "y"])).subprotocol == "y")
    }

    @Test("what asks for a WebSocket at all")
    func isUpgrade() throws {
        #expect(try ServerHandshake.isUpgrade(TestRequest(line: "POST / HTTP/1.1").head))
        #expect(try ServerHandshake.isUpgrade(TestRequest([("Upgrade", "h2c, WEBSOCKET")]).head))
        #expect(try !ServerHandshake.isUpgrade(TestRequest([("Upgrade", "h2c")]).head))
        #expect(try !ServerHandshake.isUpgrade(TestRequest([("Upgrade", nil)]).head))
    }
}
