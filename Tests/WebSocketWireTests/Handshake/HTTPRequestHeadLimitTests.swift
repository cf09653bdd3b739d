import NIOCore
import Testing
import WebSocketWire

@Suite("HTTP request head: limits")
struct HTTPRequestHeadLimitTests {
    private func request(ofSize size: Int) -> [UInt8] {
        let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
        return Array((start + String(repeating: "x", count: size - start.utf8.count - 4) + "\r\n\r\n").utf8)
    }

    @Test("a head of exactly the limit passes, one byte more is 431", arguments: [200, 16 * 1024])
    func headSize(_ limit: Int) {
        let parser = HTTPRequestHeadParser(maximumHeadSize: limit)
        #expect(parseHead(request(ofSize: limit), parser: parser).status == nil)
        #expect(parseHead(request(ofSize: limit + 1), parser: parser).status == 431)
        let unfinished = Array(request(ofSize: limit + 1)[..<limit])
        #expect(parseHead(unfinished, parser: parser).status == 431)
        #expect(parseHead(Array(unfinished.dropLast()), parser: parser) == .more)
    }

    @Test("a request line that is too long is 414, finished or not")
    func requestLine() {
        let fits = "GET /" + String(repeating: "x", count: 8192 - 15) + " HTTP/1.1"
        #expect(fits.utf8.count == 8191)
        #expect(parseHead(Array((fits + "\r\nHost: a\r\n\r\n").utf8)).status == nil)
        let long = Array(("GET /x" + fits.dropFirst(5) + "\r\nHost: a\r\n\r\n").utf8)
        #expect(parseHead(long).status == 414)
        #expect(parseHead(long, cuts: Array(stride(from: 0, to: long.count, by: 100))).status == 414)
        #expect(parseHead([UInt8](repeating: 0x61, count: 8193)).status == 414)
        #expect(parseHead([UInt8](repeating: 0x61, count: 8192)) == .more)
        #expect(parseHead([UInt8](repeating: 0x61, count: 50), parser: .init(maximumHeadSize: 50)).status == 414)
    }

    @Test("too many fields are 431")
    func fieldCount() {
        for (count, status) in [(3, nil), (4, 431)] as [(Int, Int?)] {
            let text = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: count - 1) + "\r\n"
            #expect(parseHead(Array(text.utf8), parser: HTTPRequestHeadParser(maximumHeaders: 3)).status == status)
        }
    }

    @Test("limits that make no sense refuse everything")
    func senseless() {
        let bytes = Array(TestRequest().text.utf8)
        #expect(parseHead(bytes, parser: HTTPRequestHeadParser(maximumHeadSize: -1)).status == 414)
        #expect(parseHead(bytes, parser: HTTPRequestHeadParser(maximumHeaders: -1)).status == 431)
    }

    @Test("byte by byte is not slower than the square root of everything")
    func doesNotRescan() {
        // With a search from the start at each of the 16,000 calls this would take minutes.
        let bytes = request(ofSize: 16_000)
        var buffer = ByteBuffer()
        var parser = HTTPRequestHeadParser()
        var found: Int?
        for byte in bytes {
            buffer.writeInteger(byte)
            if let (_, length) = try? parser.parse(buffer) { found = length }
        }
        #expect(found == bytes.count)
    }
}
