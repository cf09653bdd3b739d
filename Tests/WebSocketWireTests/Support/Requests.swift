import NIOCore
import WebSocketWire

/// The request of RFC 6455 section 1.2, to be changed field by field.
struct TestRequest: Sendable {
    var line = "GET /chat HTTP/1.1"
    var fields: [(String, String)] = [
        ("Host", "server.example.com"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", "13"),
    ]

    /// With each field of `changes` in place of the ones of its name; nil removes them.
    init(_ changes: [(String, String?)] = [], line: String = "GET /chat HTTP/1.1") {
        self.line = line
        for (name, _) in changes { fields.removeAll { $0.0 == name } }
        for (name, value) in changes {
            if let value { fields.append((name, value)) }
        }
    }

    var text: String {
        line + "\r\n" + fields.map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n"
    }

    var head: HTTPRequestHead {
        get throws(HandshakeRefusal) {
            var parser = HTTPRequestHeadParser()
            guard let (head, _) = try parser.parse(ByteBuffer(string: text)) else {
                throw HandshakeRefusal(status: 0, reason: "incomplete")
            }
            return head
        }
    }

    func negotiate(
        _ options: ServerHandshake.Options = ServerHandshake.Options()
    ) throws(HandshakeRefusal) -> ServerHandshake {
        try ServerHandshake.negotiate(head, options: options)
    }

    /// The status of the refusal; 101 when there is none.
    func status(_ options: ServerHandshake.Options = ServerHandshake.Options()) -> Int {
        do throws(HandshakeRefusal) {
            _ = try negotiate(options)
            return 101
        } catch {
            return error.status
        }
    }
}

/// What a parser makes of bytes that arrive in pieces which end at `cuts`.
func parseHead(
    _ bytes: [UInt8],
    cuts: [Int] = [],
    parser: HTTPRequestHeadParser = HTTPRequestHeadParser()
) -> ParsedHead {
    var parser = parser
    let whole = ByteBuffer(bytes: bytes)
    do throws(HandshakeRefusal) {
        for end in cuts + [bytes.count] {
            if let part = whole.getSlice(at: 0, length: end), let (head, length) = try parser.parse(part) {
                return .head(head, length)
            }
        }
        return .more
    } catch {
        return .refused(error.status)
    }
}

enum ParsedHead: Hashable, Sendable {
    case head(HTTPRequestHead, Int)
    case more
    case refused(Int)

    var status: Int? {
        if case .refused(let status) = self { status } else { nil }
    }
}
