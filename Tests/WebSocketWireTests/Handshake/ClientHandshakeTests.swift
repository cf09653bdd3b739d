import NIOCore
import Testing
import WebSocketWire

@Suite("Client handshake")
struct ClientHandshakeTests {
    /// "the sample nonce", the key of RFC 6455 section 1.3.
    static let key = SIMD16<UInt8>(Array("the sample nonce".utf8))
    static let accepted =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

    private func handshake(subprotocols: [String] = [], deflate: Bool = false) -> ClientHandshake {
        ClientHandshake(
            host: "server.example.com",
            target: "/chat",
            subprotocols: subprotocols,
            deflate: deflate,
            key: Self.key
        )
    }

    private func refusal(_ handshake: ClientHandshake, _ text: String) -> HandshakeRefusal? {
        var handshake = handshake
        do throws(HandshakeRefusal) {
            _ = try handshake.parse(ByteBuffer(string: text))
            return nil
        } catch {
            return error
        }
    }

    @Test("the request")
    func request() {
        var buffer = ByteBuffer()
        handshake().writeRequest(into: &buffer)
        #expect(
            buffer.text == "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
    }

    @Test("nothing that is passed in can begin a second field")
    func injection() {
        var buffer = ByteBuffer()
        let headers = [HTTPHeaderField(name: "A", value: "b\r\nEvil: c")]
        ClientHandshake(host: "h\r\nEvil: a", target: "/\r\nEvil: b", headers: headers).writeRequest(into: &buffer)
        #expect(!buffer.text.contains("\r\nEvil"))
    }

    @Test("two handshakes have two keys")
    func keys() {
        var (left, right) = (ByteBuffer(), ByteBuffer())
        ClientHandshake(host: "h", target: "").writeRequest(into: &left)
        ClientHandshake(host: "h", target: "").writeRequest(into: &right)
        #expect(left != right)
        #expect(left.text.hasPrefix("GET / HTTP/1.1\r\n"))
    }

    @Test("client and server agree, cut at every place", arguments: [true, false])
    func together(_ deflate: Bool) throws {
        var client = ClientHandshake(host: "h:1", target: "/x?y", subprotocols: ["a", "b"], deflate: deflate)
        var request = ByteBuffer()
        client.writeRequest(into: &request)
        var parser = HTTPRequestHeadParser()
        let (head, length) = try #require(try parser.parse(request))
        #expect(length == request.readableBytes)
        let server = try ServerHandshake.negotiate(head, options: ServerHandshake.Options(subprotocols: ["b"]))
        var response = ByteBuffer()
        server.writeResponse(into: &response)
        let size = response.readableBytes
        for cut in 0..<size {
            let slice = try #require(response.getSlice(at: 0, length: cut))
            #expect(try client.parse(slice) == nil)
        }
        response.writeString("frames")
        let (answer, used) = try #require(try client.parse(response))
        #expect(used == size)
        #expect(answer.subprotocol == "b")
        #expect(answer.deflate == (deflate ? DeflateParameters() : nil))
    }

    @Test(
        "answers that are not one",
        arguments: [
            ("HTTP/1.1 101 X\r\n\r\n", 101),
            (accepted.replacing("websocket", with: "h2c") + "\r\n", 101),
            (accepted.replacing("Connection: Upgrade", with: "Connection: close") + "\r\n", 101),
            (accepted.replacing("s3p", with: "S3p") + "\r\n", 101),
            (accepted + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", 101),
            (accepted + "Sec-WebSocket-Protocol: unasked\r\n\r\n", 101),
            (accepted + "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n\r\n", 101),
            (accepted + "Sec-WebSocket-Extensions: ;\r\n\r\n", 101),
            ("HTTP/1.1 404 Not Found\r\n\r\n", 404),
            ("HTTP/1.0 200\r\n\r\n", 200),
            ("SSH-2.0-OpenSSH\r\n", 0),
            ("HTTP/2.0 101 X\r\n", 0),
            ("HTTP/1.1 1O1 X\r\n", 0),
            ("HTTP/1.1 099 X\r\n", 0),
            ("HTTP/1.1 101 X\r\nbad header\r\n", 0),
            ("HTTP/1.1 101 X\n\n", 0),
            (String(repeating: "x", count: 70_000), 0),
        ]
    )
    func refusals(_ text: String, _ status: Int) {
        #expect(refusal(handshake(), text)?.status == status)
    }

    static let deflateAnswers: [(String, DeflateParameters?)] = [
        ("permessage-deflate; server_no_context_takeover", DeflateParameters()),
        ("permessage-deflate; server_no_context_takeover; client_no_context_takeover", DeflateParameters()),
        ("permessage-deflate; server_no_context_takeover; client_max_window_bits=9", .init(clientWindowBits: 9)),
        ("permessage-deflate; server_no_context_takeover; server_max_window_bits=9", .init(serverWindowBits: 9)),
        ("permessage-deflate", nil),
        ("permessage-deflate; server_no_context_takeover; client_max_window_bits", nil),
        ("permessage-deflate; server_no_context_takeover; server_max_window_bits=16", nil),
        ("permessage-deflate; server_no_context_takeover; x", nil),
        ("permessage-deflate; server_no_context_takeover, permessage-deflate", nil),
        ("x-other", nil),
    ]

    @Test("what a server may answer to the offer of deflate", arguments: deflateAnswers)
    func deflate(_ value: String, _ parameters: DeflateParameters?) throws {
        var client = handshake(deflate: true)
        let text = Self.accepted + "Sec-WebSocket-Extensions: \(value)\r\n\r\n"
        guard let parameters else {
            #expect(refusal(client, text)?.status == 101)
            return
        }
        #expect(try client.parse(ByteBuffer(string: text))?.result.deflate == parameters)
    }

    @Test("a refusal carries its phrase and the start of its body")
    func body() throws {
        let head = "HTTP/1.1 403 Forbidden\r\nContent-Length: 12\r\nX: y\r\n\r\n"
        #expect(refusal(handshake(), head + "Not ") == nil)
        let whole = try #require(refusal(handshake(), head + "Not\r\nallowed"))
        #expect(whole.reason == "Forbidden: Not allowed")
        #expect(whole.headers.contains(HTTPHeaderField(name: "X", value: "y")))
        var cut = handshake()
        #expect(try cut.parse(ByteBuffer(string: head + "Not ")) == nil)
        #expect(cut.refusalAtEnd(ByteBuffer(string: head + "Not ")).reason == "Forbidden: Not ")
        #expect(cut.refusalAtEnd(ByteBuffer(string: head + "Not ")).status == 403)
        var nothing = handshake()
        #expect(nothing.refusalAtEnd(ByteBuffer()).status == 0)
    }

    @Test("a body without end is not waited for")
    func longBody() {
        let head = "HTTP/1.1 500 Oops\r\nContent-Length: 99999999999\r\n\r\n"
        #expect(refusal(handshake(), head + String(repeating: "x", count: 511)) == nil)
        #expect(refusal(handshake(), head + String(repeating: "x", count: 512))?.status == 500)
    }
}
