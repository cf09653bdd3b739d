public import NIOCore

/// Reads the head of an HTTP/1.x request as it arrives, strictly (RFC 9112).
///
/// It never consumes, so that the same bytes can be handed to another parser. The buffer of each call has to begin
/// where that of the first call began. After a refusal, or a head, the parser is used up.
public struct HTTPRequestHeadParser: Sendable {
    private let maximumHeaders: Int
    private var scanner: HTTPHeadScanner
    private var head: HTTPRequestHead?

    /// In bytes; a request line over this, or over the whole head's limit, is 414 rather than 431.
    static let maximumRequestLine = 8 * 1024

    /// `maximumHeadSize` is in bytes and includes the empty line; `maximumHeaders` is the number of fields.
    public init(maximumHeadSize: Int = 16 * 1024, maximumHeaders: Int = 100) {
        self.maximumHeaders = maximumHeaders
        scanner = HTTPHeadScanner(maximumSize: max(0, maximumHeadSize))
    }

    /// Looks at the readable bytes of `buffer`: the head and its length in bytes, or nil when more is needed.
    ///
    /// Throws 400 for what is malformed, 414 and 431 for what is too large, 505 for versions other than 1.0 and 1.1.
    public mutating func parse(_ buffer: ByteBuffer) throws(HandshakeRefusal) -> (head: HTTPRequestHead, length: Int)? {
        try buffer.withUnsafeReadableBytes { bytes throws(HandshakeRefusal) in try parse(bytes) }
    }

    private mutating func parse(
        _ bytes: UnsafeRawBufferPointer
    ) throws(HandshakeRefusal) -> (head: HTTPRequestHead, length: Int)? {
        guard try parseRequestLine(bytes) else { return nil }
        while let line = try scanner.nextLine(bytes) {
            if line.isEmpty, let head {
                try head.checkHost()
                return (head, scanner.lineStart)
            }
            let field = try HTTPHeaderField(line: line)
            guard let count = head?.headers.count, count < maximumHeaders else { throw .headTooLarge }
            head?.headers.append(field)
        }
        return nil
    }

    /// Whether the request line is there.
    private mutating func parseRequestLine(_ bytes: UnsafeRawBufferPointer) throws(HandshakeRefusal) -> Bool {
        while head == nil {
            let isFirst = scanner.lineStart == 0
            guard let line = try requestLine(bytes) else { return false }
            // One empty line before a request is to be ignored (RFC 9112 section 2.2).
            if isFirst, line.isEmpty { continue }
            head = try HTTPRequestHead(line: line)
        }
        return true
    }

    private mutating func requestLine(
        _ bytes: UnsafeRawBufferPointer
    ) throws(HandshakeRefusal) -> UnsafeRawBufferPointer? {
        do {
            return try scanner.nextLine(bytes, maximumLine: Self.maximumRequestLine)
        } catch {
            guard error.status == 431 else { throw error }
            throw HandshakeRefusal(status: 414, reason: "The request line is too long.")
        }
    }
}
