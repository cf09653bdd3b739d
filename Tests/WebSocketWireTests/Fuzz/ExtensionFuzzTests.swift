import FuzzSupport
import NIOCore
import Testing
import WebSocketWire

@Suite("Fuzz: extensions")
struct ExtensionFuzzTests {
    private static let pieces = [
        "permessage-deflate", "; server_no_context_takeover", "; client_no_context_takeover",
        "; client_max_window_bits", "; client_max_window_bits=12", "; server_max_window_bits=10",
        "; server_max_window_bits=\"9\"", ", permessage-deflate", ";", ",", "=", "\"", "\\", " ", "\t", "foo", "; x=y",
        "8", "15", "16", "é", "\"a\\b\"", "; server_max_window_bits=\"1\\1\"",
    ]

    @Test("what a server agrees to, a client takes; and nothing traps", arguments: Fuzz.lanes)
    func clientAndServer(_ lane: Int) {
        Fuzz.run(percent: 10, lane: lane) { dice in
            let value = Self.makeValue(&dice)
            let fields = [
                ("Host", "h"), ("Upgrade", "websocket"), ("Connection", "upgrade"), ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Extensions", value),
            ]
            let head = HTTPRequestHead(
                method: "GET",
                target: "/",
                headers: fields.map { HTTPHeaderField(name: $0.0, value: $0.1) }
            )
            guard let handshake = try? ServerHandshake.negotiate(head, options: ServerHandshake.Options()) else {
                return ReferenceExtensions.parse(value) == nil ? nil : "refused: \(value)"
            }
            guard let offers = ReferenceExtensions.parse(value) else { return "accepted: \(value)" }
            let expected = offers.compactMap(ReferenceExtensions.serverWindow).first
            if handshake.deflate?.serverWindowBits != expected {
                return "\(String(describing: handshake.deflate)), reference \(String(describing: expected)): \(value)"
            }
            return !dice.oneIn(4) || Self.clientTakes(handshake) ? nil : "the client refuses the answer to \(value)"
        }
    }

    private static func makeValue(_ dice: inout Dice) -> String {
        var value = dice.oneIn(4) ? "" : "permessage-deflate"
        for _ in 0..<dice.below(6) {
            value += pieces[dice.below(dice.oneIn(3) ? pieces.count : 8)]
        }
        return value
    }

    private static func clientTakes(_ handshake: ServerHandshake) -> Bool {
        var client = ClientHandshake(host: "h", target: "/", deflate: true, key: ClientHandshakeTests.key)
        var response = ByteBuffer()
        handshake.writeResponse(into: &response)
        guard let (answer, _) = try? client.parse(response) else { return false }
        return answer.deflate == handshake.deflate
    }
}
