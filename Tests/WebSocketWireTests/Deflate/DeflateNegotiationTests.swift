import NIOCore
import Testing
import WebSocketWire

@Suite("permessage-deflate: negotiation")
struct DeflateNegotiationTests {
    static let answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    /// An offer, and the window of the server it leads to; nil when it is declined.
    static let offers: [(String, Int?)] = [
        ("permessage-deflate", 15),
        ("Permessage-Deflate", 15),
        ("permessage-deflate; client_max_window_bits", 15),
        ("permessage-deflate;client_max_window_bits=10", 15),
        ("permessage-deflate; client_max_window_bits=\"10\"", 15),
        ("permessage-deflate ; server_no_context_takeover ; client_no_context_takeover", 15),
        ("permessage-deflate; server_max_window_bits=15", 15),
        ("permessage-deflate; server_max_window_bits=10", 10),
        ("permessage-deflate; server_max_window_bits=\"10\"", 10),
        ("permessage-deflate; server_max_window_bits=\"1\\0\"", 10),
        ("permessage-deflate; server_max_window_bits = 9", 9),
        ("permessage-deflate; server_max_window_bits=8", 8),
        ("permessage-deflate; server_max_window_bits=7", nil),
        ("permessage-deflate; server_max_window_bits=16", nil),
        ("permessage-deflate; server_max_window_bits=010", nil),
        ("permessage-deflate; server_max_window_bits=+9", nil),
        ("permessage-deflate; server_max_window_bits=x", nil),
        ("permessage-deflate; server_max_window_bits", nil),
        ("permessage-deflate; client_max_window_bits=7", nil),
        ("permessage-deflate; client_max_window_bits=99999999999999999999", nil),
        ("permessage-deflate; server_no_context_takeover=1", nil),
        ("permessage-deflate; client_no_context_takeover; client_no_context_takeover", nil),
        ("permessage-deflate; server_max_window_bits=10; server_max_window_bits=10", nil),
        ("permessage-deflate; client_max_window_bits; client_max_window_bits=10", nil),
        ("permessage-deflate; something_else", nil),
        ("x-webkit-deflate-frame", nil),
        ("", nil),
        (",", nil),
        ("foo, bar; baz=1, permessage-deflate", 15),
        ("permessage-deflate; server_max_window_bits=10, permessage-deflate", 10),
        ("permessage-deflate; server_max_window_bits=7, permessage-deflate", 15),
        ("permessage-deflate; x, permessage-deflate; server_max_window_bits=12; client_max_window_bits", 12),
        (",, permessage-deflate ,", 15),
    ]

    @Test("the first acceptable offer wins", arguments: offers)
    func negotiation(_ offer: String, _ window: Int?) throws {
        let handshake = try TestRequest([("Sec-WebSocket-Extensions", offer)]).negotiate()
        #expect(handshake.deflate?.serverWindowBits == window)
        #expect(handshake.deflate == nil || handshake.deflate?.clientWindowBits == 15)
        var buffer = ByteBuffer()
        handshake.writeResponse(into: &buffer)
        let answer = window.map { Self.answer + ($0 < 15 ? "; server_max_window_bits=\($0)" : "") }
        let line = buffer.text.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Extensions: ") }
        #expect(line.map(String.init) == answer.map { "Sec-WebSocket-Extensions: " + $0 })
    }

    @Test(
        "a list that is malformed is refused",
        arguments: [
            "permessage-deflate;", ";", "permessage-deflate; =1", "a b", "permessage-deflate; a=", "a; b=\"",
            "a; b=\"c",
            "a; b=\"c\\", "a; b=\"\"", "a; b=\"c d\"", "a=b", "a; b=c d", "a; b==c", "(", "a; b=\"c\"d", "a; b\u{E9}=c",
        ]
    )
    func malformed(_ offer: String) {
        #expect(TestRequest([("Sec-WebSocket-Extensions", offer)]).status() == 400)
        let options = ServerHandshake.Options(deflate: false)
        #expect(TestRequest([("Sec-WebSocket-Extensions", offer)]).status(options) == 400)
    }

    @Test("offers over several fields are one list")
    func severalFields() throws {
        let request = TestRequest([
            ("Sec-WebSocket-Extensions", "foo"),
            ("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=11"),
        ])
        #expect(try request.negotiate().deflate == DeflateParameters(serverWindowBits: 11))
    }

    @Test("a server that does not want it agrees to nothing")
    func switchedOff() throws {
        let request = TestRequest([("Sec-WebSocket-Extensions", "permessage-deflate")])
        #expect(try request.negotiate(ServerHandshake.Options(deflate: false)).deflate == nil)
    }
}
