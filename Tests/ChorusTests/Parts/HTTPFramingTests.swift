import Chorus
import Testing
import WebSocketWire

@Suite("How an HTTP request goes on")
struct HTTPFramingTests {
    private func framing(_ headers: [(String, String)], method: String = "POST") -> HTTPDetour.Framing {
        let fields = headers.map { HTTPHeaderField(name: $0.0, value: $0.1) }
        return HTTPDetour.framing(after: HTTPRequestHead(method: method, target: "/", headers: fields))
    }

    @Test("without a length the next request follows")
    func none() {
        #expect(framing([("Host", "x")], method: "GET") == .head)
        #expect(framing([]) == .head)
    }

    @Test("a length is a body, and one of zero is none")
    func length() {
        #expect(framing([("Content-Length", "5")]) == .body(5))
        #expect(framing([("content-LENGTH", "007")]) == .body(7))
        #expect(framing([("Content-Length", "0")]) == .head)
    }

    @Test("a transfer coding is not ours to follow, whatever the length says")
    func transferEncoding() {
        #expect(framing([("Transfer-Encoding", "chunked")]) == .unknown)
        #expect(framing([("Content-Length", "5"), ("transfer-encoding", "chunked")]) == .unknown)
        #expect(framing([("Transfer-Encoding", "")]) == .unknown)
    }

    @Test(
        "a length that another parser could read differently is not ours to follow either",
        arguments: ["", "-1", "+5", " 5", "5, 5", "0x10", "1e3", "5;", "99999999999999999999999", "٥"]
    )
    func doubtful(_ length: String) {
        #expect(framing([("Content-Length", length)]) == .unknown)
    }

    @Test("two lengths are one too many, even when they agree")
    func twoLengths() {
        #expect(framing([("Content-Length", "5"), ("Content-Length", "5")]) == .unknown)
    }
}
