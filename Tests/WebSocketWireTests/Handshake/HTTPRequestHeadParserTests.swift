import NIOCore
import Testing
import WebSocketWire

@Suite("HTTP request head")
struct HTTPRequestHeadParserTests {
    @Test("a request, its parts and its length")
    func request() throws {
        let text =
            "GET /ws/lobby?last=50&x=%20 HTTP/1.1\r\nHost: example.com:8000\r\nX-A:  one \t\r\nx-a:two\r\nEmpty:\r\n\r\n"
        var parser = HTTPRequestHeadParser()
        let (head, length) = try #require(try parser.parse(ByteBuffer(string: text + "rest")))
        #expect(length == text.utf8.count)
        #expect(head.method == "GET")
        #expect(head.target == "/ws/lobby?last=50&x=%20")
        #expect(head.path == "/ws/lobby")
        #expect(head.query == "last=50&x=%20")
        #expect(head.minorVersion == 1)
        #expect(head.first("HOST") == "example.com:8000")
        #expect(head.values("x-A") == ["one", "two"])
        #expect(head.first("empty") == "")
        #expect(head.first("missing") == nil)
    }

    @Test("lists over several fields")
    func tokens() {
        let fields = [("Connection", "keep-alive , Upgrade,"), ("Other", "x"), ("connection", ", X\t")]
        let head = HTTPRequestHead(
            method: "GET",
            target: "/",
            headers: fields.map { HTTPHeaderField(name: $0.0, value: $0.1) }
        )
        #expect(head.tokens("connection") == ["keep-alive", "upgrade", "x"])
        #expect(head.tokens("nothing") == [])
    }

    @Test(
        "targets",
        arguments: [
            ("/", "/", nil), ("/a?b?c", "/a", "b?c"), ("/?", "/", ""), ("*", "*", nil),
            ("http://host:80/p/q?x=/", "/p/q", "x=/"), ("http://host", "/", nil), ("http://host?q", "/", "q"),
            ("/a://b?c", "/a://b", "c"), ("host:443", "host:443", nil), ("ws://h/", "/", nil),
        ] as [(String, String, String?)]
    )
    func targets(_ target: String, _ path: String, _ query: String?) {
        let head = HTTPRequestHead(method: "GET", target: target, headers: [])
        #expect(head.path == path)
        #expect(head.query == query)
    }

    @Test("cut at every place, it is the same and comes at its last byte")
    func splits() {
        let bytes = Array(TestRequest().text.utf8)
        let whole = parseHead(bytes)
        for cut in 0..<bytes.count {
            #expect(parseHead(Array(bytes[..<cut])) == .more)
            #expect(parseHead(bytes, cuts: [cut]) == whole)
        }
        #expect(parseHead(bytes, cuts: Array(0..<bytes.count)) == whole)
    }

    @Test("a buffer whose readable bytes do not begin at index zero")
    func readerIndex() throws {
        var buffer = ByteBuffer(string: "junk" + TestRequest().text)
        buffer.moveReaderIndex(forwardBy: 4)
        var parser = HTTPRequestHeadParser()
        let (head, length) = try #require(try parser.parse(buffer))
        #expect(head.path == "/chat")
        #expect(length == buffer.readableBytes)
    }

    static let malformed: [(String, String)] = [
        ("no version", "GET /\r\n"),
        ("two spaces", "GET  / HTTP/1.1\r\n"),
        ("a space at the end", "GET / HTTP/1.1 \r\n"),
        ("a tab for a space", "GET\t/\tHTTP/1.1\r\n"),
        ("no method", " / HTTP/1.1\r\n"),
        ("a method that is no token", "G@T / HTTP/1.1\r\n"),
        ("a target with a control character", "GET /\u{1} HTTP/1.1\r\n"),
        ("a target with a fragment", "GET /#x HTTP/1.1\r\n"),
        ("a target that is not ASCII", "GET /ä HTTP/1.1\r\n"),
        ("a version in lower case", "GET / http/1.1\r\n"),
        ("a version without digits", "GET / HTTP/1.x\r\n"),
        ("a long version", "GET / HTTP/1.10\r\n"),
        ("a line feed alone", "GET / HTTP/1.1\nHost: a\n\n"),
        ("a line feed alone after a header", "GET / HTTP/1.1\r\nHost: a\n\r\n"),
        ("a carriage return alone", "GET / HTTP/1.1\r\nA: b\rc\r\n"),
        ("two carriage returns", "GET / HTTP/1.1\r\r\n"),
        ("two empty lines in front", "\r\n\r\nGET / HTTP/1.1\r\n"),
        ("NUL in a value", "GET / HTTP/1.1\r\nA: b\0c\r\n"),
        ("DEL in a value", "GET / HTTP/1.1\r\nA: b\u{7F}\r\n"),
        ("a folded line", "GET / HTTP/1.1\r\nA: b\r\n c\r\n"),
        ("a fold at the start", "GET / HTTP/1.1\r\n A: b\r\n"),
        ("a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n"),
        ("no colon", "GET / HTTP/1.1\r\nHost\r\n"),
        ("no name", "GET / HTTP/1.1\r\n: a\r\n"),
        ("a name that is no token", "GET / HTTP/1.1\r\nA(b): a\r\n"),
        ("no host", "GET / HTTP/1.1\r\n\r\n"),
        ("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"),
        ("two hosts in 1.0", "GET / HTTP/1.0\r\nHost: a\r\nhost: a\r\n\r\n"),
        ("a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        ("a host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
        ("a host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
    ]

    @Test("400, and as soon as the line is there", arguments: malformed)
    func refuses(_ name: String, _ text: String) {
        let bytes = Array(text.utf8)
        #expect(parseHead(bytes).status == 400)
        #expect(parseHead(bytes, cuts: Array(0..<bytes.count)).status == 400)
        #expect(parseHead(bytes + Array("more\r\n\r\n".utf8)).status == 400)
    }

    @Test("505", arguments: ["PRI * HTTP/2.0\r\n", "GET / HTTP/0.9\r\n", "GET / HTTP/1.2\r\n", "GET / HTTP/3.0\r\n"])
    func versions(_ text: String) {
        #expect(parseHead(Array(text.utf8)).status == 505)
    }

    @Test(
        "accepted although odd",
        arguments: [
            "GET / HTTP/1.0\r\n\r\n", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "M-SEARCH * HTTP/1.1\r\nHost:\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: [::1]:8000\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: caf\u{E9} \u{1F600}\r\n\r\n",
        ]
    )
    func odd(_ text: String) {
        guard case .head(_, text.utf8.count) = parseHead(Array(text.utf8)) else {
            Issue.record("\(parseHead(Array(text.utf8)))")
            return
        }
    }

    @Test("bytes in a value that are not UTF-8 are replaced")
    func latin1() throws {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nX: caf".utf8) + [0xE9] + Array("\r\n\r\n".utf8)
        guard case .head(let head, _) = parseHead(bytes) else {
            Issue.record("refused")
            return
        }
        #expect(head.first("X") == "caf\u{FFFD}")
    }
}
