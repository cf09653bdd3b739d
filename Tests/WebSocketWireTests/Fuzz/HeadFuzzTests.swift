import FuzzSupport
import NIOCore
import Testing
import WebSocketWire

@Suite("Fuzz: request head")
struct HeadFuzzTests {
    private static let lines = [
        "GET / HTTP/1.1", "GET /ws?x=1 HTTP/1.0", "POST * HTTP/1.1", "PRI * HTTP/2.0", "GET / HTTP/1.9", "",
        "GET /#a HTTP/1.1", "GET  / HTTP/1.1",
    ]
    private static let fields = [
        "Host: a", "host: b:80", "Host:", "Upgrade: websocket", "Connection: keep-alive, Upgrade", "X: \t y \t",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: a, b",
        "Origin: http://a", "Content-Length: 0", "Sec-WebSocket-Extensions: permessage-deflate", "X : y", " folded",
        "no colon", ": no name", "Long: " + String(repeating: "l", count: 60),
    ]

    @Test("finds what the reference finds, however its input is cut, and survives what follows", arguments: Fuzz.lanes)
    func againstReference(_ lane: Int) {
        Fuzz.run(percent: 15, lane: lane) { dice in
            let bytes = Self.makeHead(&dice)
            let (size, count) = (dice.pick([60, 150, 16_384]), dice.pick([2, 100]))
            let expected = ReferenceHead.parse(bytes, maximumHeadSize: size, maximumHeaders: count)
            let parser = HTTPRequestHeadParser(maximumHeadSize: size, maximumHeaders: count)
            for cuts in [[], dice.cuts(bytes.count, 1 + dice.below(5))] {
                let found = parseHead(bytes, cuts: cuts, parser: parser)
                if found != expected { return "cut at \(cuts): \(found), reference \(expected): \(bytes.hex)" }
            }
            if case .head(let head, _) = expected {
                _ = (head.path, head.query)
                _ = try? ServerHandshake.negotiate(head, options: ServerHandshake.Options())
            }
            return nil
        }
    }

    private static func makeHead(_ dice: inout Dice) -> [UInt8] {
        var text = ""
        if dice.oneIn(10) { text += "\r\n" }
        text += lines[dice.below(dice.oneIn(4) ? lines.count : 3)]
        for _ in 0..<dice.below(6) {
            text += (dice.oneIn(30) ? "\n" : "\r\n") + fields[dice.below(dice.oneIn(8) ? fields.count : 12)]
        }
        text += "\r\n\r\n"
        var bytes = Array(text.utf8)
        if dice.oneIn(4) {
            let index = dice.below(bytes.count)
            switch dice.below(4) {
            case 0: bytes[index] = dice.byte()
            case 1: bytes.insert(dice.pick([0, 9, 10, 13, 32, 58, 127, 255]), at: index)
            case 2: bytes.remove(at: index)
            default: bytes.removeSubrange(index...)
            }
        }
        return bytes
    }
}
