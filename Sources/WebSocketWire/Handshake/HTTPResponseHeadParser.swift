import NIOCore

/// The status line and the header fields of an HTTP/1.x response (RFC 9112 section 4).
struct HTTPResponseHead: Sendable {
    var status: Int
    var phrase: String
    var headers: [HTTPHeaderField] = []
}

/// Reads the head of a response as it arrives, without consuming; what is malformed is thrown with the status 0.
struct HTTPResponseHeadParser: Sendable {
    private var scanner = HTTPHeadScanner(maximumSize: 64 * 1024)
    private var head: HTTPResponseHead?
    private var length: Int?

    /// The head and its length in bytes, or nil when more is needed. Once complete, it stays that.
    mutating func parse(_ buffer: ByteBuffer) throws(HandshakeRefusal) -> (head: HTTPResponseHead, length: Int)? {
        do {
            try buffer.withUnsafeReadableBytes { bytes throws(HandshakeRefusal) in try parseLines(bytes) }
        } catch {
            throw HandshakeRefusal(status: 0, reason: "The server's answer is not HTTP/1.1: \(error.reason)")
        }
        guard let head, let length else { return nil }
        return (head, length)
    }

    private mutating func parseLines(_ bytes: UnsafeRawBufferPointer) throws(HandshakeRefusal) {
        while length == nil, let line = try scanner.nextLine(bytes) {
            if head == nil {
                head = try HTTPResponseHead(line: line)
            } else if line.isEmpty {
                length = scanner.lineStart
            } else {
                head?.headers.append(try HTTPHeaderField(line: line))
            }
        }
    }
}

extension HTTPResponseHead {
    init(line: UnsafeRawBufferPointer) throws(HandshakeRefusal) {
        let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].starts(with: "HTTP/1.".utf8), parts[0].count == 8,
            parts[1].count == 3, parts[1].allSatisfy({ $0.isDigit }),
            let status = Int(String(decoding: parts[1], as: UTF8.self)), status >= 100
        else {
            throw .badRequest("It has no status line.")
        }
        self.status = status
        phrase = parts.count == 3 ? String(decoding: parts[2], as: UTF8.self) : ""
    }
}
