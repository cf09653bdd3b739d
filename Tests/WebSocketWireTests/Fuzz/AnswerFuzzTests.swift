import FuzzSupport
import NIOCore
import Testing
import WebSocketWire

@Suite("Fuzz: a server's answer to the handshake")
struct AnswerFuzzTests {
    private static let lines = [
        "HTTP/1.1 101 Switching Protocols", "HTTP/1.1 101", "HTTP/1.0 101 x", "HTTP/1.1 403 Forbidden", "HTTP/1.1 99 x",
        "HTTP/2 101 x", "", "nonsense", "HTTP/1.1 1O1 x",
    ]
    private static let fields = [
        "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b",
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9", "Content-Length: 5",
        "Content-Length: -1", "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "no colon", ": no name", " folded",
    ]

    /// What belongs to the key that all requests here have.
    private static let accept: String = {
        var request = ByteBuffer()
        ClientHandshake(host: "x", target: "/", key: .zero).writeRequest(into: &request)
        var parser = HTTPRequestHeadParser()
        var answer = ByteBuffer()
        if let head = try? parser.parse(request)?.head,
            let handshake = try? ServerHandshake.negotiate(head, options: .init())
        {
            handshake.writeResponse(into: &answer)
        }
        let text = String(buffer: answer)
        return text.split(separator: "Sec-WebSocket-Accept: ").last.map { String($0.prefix(28)) } ?? ""
    }()

    /// What came of an answer; of a refusal only the status, because its words depend on how much of a body has come.
    private enum Outcome: Equatable {
        case more
        case accepted(subprotocol: String?, isDeflated: Bool, length: Int)
        case refused(status: Int)
    }

    @Test("comes out the same however it is cut, and nothing but the right key is accepted", arguments: Fuzz.lanes)
    func cuts(_ lane: Int) {
        var accepted = 0
        Fuzz.run(percent: 5, lane: lane) { dice in
            let handshake = ClientHandshake(host: "x", target: "/", deflate: dice.oneIn(2), key: .zero)
            let bytes = Self.makeAnswer(&dice)
            let whole = Self.parse(bytes, cuts: [], handshake)
            let cuts = dice.cuts(bytes.count, 1 + dice.below(5))
            let pieces = Self.parse(bytes, cuts: cuts, handshake)
            if whole != pieces { return "whole \(whole), cut at \(cuts) \(pieces): \(bytes.hex)" }
            guard case .accepted = whole else { return nil }
            accepted += 1
            let text = String(decoding: bytes, as: UTF8.self)
            return text.contains(Self.accept) && text.contains(" 101") ? nil : "accepted: \(bytes.hex)"
        }
        #expect(accepted > 0)
    }

    private static func parse(_ bytes: [UInt8], cuts: [Int], _ handshake: ClientHandshake) -> Outcome {
        var handshake = handshake
        for end in cuts + [bytes.count] {
            do throws(HandshakeRefusal) {
                guard let (answer, length) = try handshake.parse(ByteBuffer(bytes: bytes[..<end])) else { continue }
                return .accepted(
                    subprotocol: answer.subprotocol,
                    isDeflated: answer.deflate != nil,
                    length: length
                )
            } catch {
                return .refused(status: error.status)
            }
        }
        return .more
    }

    private static func makeAnswer(_ dice: inout Dice) -> [UInt8] {
        var lines = [self.lines[dice.below(dice.oneIn(4) ? self.lines.count : 2)]]
        if !dice.oneIn(8) { lines += ["Upgrade: websocket", "Connection: Upgrade"] }
        if !dice.oneIn(8) { lines.append("Sec-WebSocket-Accept: \(accept)") }
        for _ in 0..<dice.below(3) { lines.append(fields[dice.below(fields.count)]) }
        var bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\nbody").utf8)
        if dice.oneIn(3) {
            let index = dice.below(bytes.count)
            switch dice.below(3) {
            case 0: bytes[index] = dice.byte()
            case 1: bytes.remove(at: index)
            default: bytes.removeSubrange(index...)
            }
        }
        return bytes
    }
}
