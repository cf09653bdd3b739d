import Testing
import WebSocketWire

/// Bytes, and what a server has to see in them.
struct ReaderCase: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var seen: [Seen]
    var deflate = false

    init(_ name: String, _ frames: RawFrame..., deflate: Bool = false, seen: [Seen]) {
        self.name = name
        self.bytes = frames.bytes
        self.seen = seen
        self.deflate = deflate
    }

    var testDescription: String { name }
}

@Suite("Reader: the rules of RFC 6455")
struct ReaderRuleTests {
    static let accepted: [ReaderCase] = [
        ReaderCase("a text", .text("Hello"), seen: [.text("Hello")]),
        ReaderCase("an empty text", .text(""), seen: [.text("")]),
        ReaderCase("a binary", .binary([0, 255]), seen: [.binary([0, 255])]),
        ReaderCase("an empty binary", .binary([]), seen: [.binary([])]),
        ReaderCase("two messages", .text("a"), .text("b"), seen: [.text("a"), .text("b")]),
        ReaderCase(
            "three fragments",
            .text("a", fin: false),
            .continuation([0x62], fin: false),
            .continuation([0x63]),
            seen: [.text("abc")]
        ),
        ReaderCase(
            "empty fragments",
            .text("", fin: false),
            .continuation([], fin: false),
            .continuation([]),
            seen: [.text("")]
        ),
        ReaderCase(
            "a character over two fragments",
            .text("", fin: false),
            .continuation([0xE2, 0x82], fin: false),
            .continuation([0xAC]),
            seen: [.text("€")]
        ),
        ReaderCase(
            "control frames between fragments",
            .text("a", fin: false),
            .ping([1]),
            .continuation([0x62], fin: false),
            .pong([2]),
            .continuation([0x63]),
            seen: [.ping([1]), .pong([2]), .text("abc")]
        ),
        ReaderCase(
            "a close between fragments",
            .text("a", fin: false),
            .close(1001),
            seen: [.close(1001, "")]
        ),
        ReaderCase("an empty ping", .ping(), seen: [.ping([])]),
        ReaderCase(
            "a ping of 125 bytes",
            .ping([UInt8](repeating: 7, count: 125)),
            seen: [.ping([UInt8](repeating: 7, count: 125))]
        ),
        ReaderCase("a pong nobody asked for", .pong([1, 2]), seen: [.pong([1, 2])]),
        ReaderCase("a close without a code", RawFrame(opcode: 8), seen: [.close(nil, "")]),
        ReaderCase("a close with a reason", .close(1000, Array("tschüß".utf8)), seen: [.close(1000, "tschüß")]),
        ReaderCase("what follows a close is ignored", .close(1000), .text("x"), .ping(), seen: [.close(1000, "")]),
        ReaderCase("a mask of zeros", RawFrame(opcode: 1, payload: [0x61], mask: [0, 0, 0, 0]), seen: [.text("a")]),
        ReaderCase(
            "a length in more bytes than needed",
            RawFrame(opcode: 1, payload: [0x61], form: .twoBytes),
            RawFrame(opcode: 1, payload: [0x62], form: .eightBytes),
            seen: [.text("a"), .text("b")]
        ),
    ]

    static let refused: [ReaderCase] = [
        ReaderCase("no mask", RawFrame(opcode: 1, payload: [0x61], mask: nil), seen: [.failure(1002)]),
        ReaderCase("RSV1 without deflate", RawFrame(opcode: 1, rsv: 4), seen: [.failure(1002)]),
        ReaderCase("RSV2", RawFrame(opcode: 1, rsv: 2), seen: [.failure(1002)]),
        ReaderCase("RSV3", RawFrame(opcode: 1, rsv: 1), seen: [.failure(1002)]),
        ReaderCase("RSV2 with deflate", RawFrame(opcode: 1, rsv: 2), deflate: true, seen: [.failure(1002)]),
        ReaderCase("RSV1 on a ping", RawFrame(opcode: 9, rsv: 4), deflate: true, seen: [.failure(1002)]),
        ReaderCase(
            "RSV1 on a continuation",
            .text("a", fin: false),
            RawFrame(opcode: 0, rsv: 4),
            deflate: true,
            seen: [.failure(1002)]
        ),
        ReaderCase("a continuation of nothing", .continuation([]), seen: [.failure(1002)]),
        ReaderCase("a continuation after the end", .text("a"), .continuation([]), seen: [.text("a"), .failure(1002)]),
        ReaderCase("a text within a text", .text("a", fin: false), .text("b"), seen: [.failure(1002)]),
        ReaderCase("a binary within a text", .text("a", fin: false), .binary([]), seen: [.failure(1002)]),
        ReaderCase("a fragmented ping", RawFrame(opcode: 9, fin: false), seen: [.failure(1002)]),
        ReaderCase("a fragmented close", RawFrame(opcode: 8, fin: false), seen: [.failure(1002)]),
        ReaderCase(
            "a ping of 126 bytes",
            .ping([UInt8](repeating: 0, count: 126)),
            seen: [.failure(1002)]
        ),
        ReaderCase(
            "a short ping with a long length",
            RawFrame(opcode: 9, payload: [1], form: .twoBytes),
            seen: [.failure(1002)]
        ),
        ReaderCase("a close of one byte", RawFrame(opcode: 8, payload: [3]), seen: [.failure(1002)]),
        ReaderCase("a close with a broken reason", .close(1000, [0xFF]), seen: [.failure(1007)]),
        ReaderCase("a close with a reason cut off", .close(1000, [0xE2, 0x82]), seen: [.failure(1007)]),
        ReaderCase(
            "a length with its top bit set",
            RawFrame(opcode: 2, form: .eightBytes, declared: 1 << 63),
            seen: [.failure(1002)]
        ),
        ReaderCase(
            "the longest length there is",
            RawFrame(opcode: 2, form: .eightBytes, declared: UInt64(Int64.max)),
            seen: [.failure(1009)]
        ),
        ReaderCase(
            "a text that is not UTF-8",
            .text("ok"),
            .binary([0xFF]),
            RawFrame(opcode: 1, payload: [0xFF]),
            seen: [.text("ok"), .binary([0xFF]), .failure(1007)]
        ),
        ReaderCase(
            "a text cut within a character",
            RawFrame(opcode: 1, payload: [0xE2, 0x82]),
            seen: [.failure(1007)]
        ),
        ReaderCase(
            "a text that ends within a character, in fragments",
            RawFrame(opcode: 1, payload: [0xE2], fin: false),
            .continuation([0x82]),
            seen: [.failure(1007)]
        ),
        ReaderCase("what follows a failure is ignored", RawFrame(opcode: 3), .text("x"), seen: [.failure(1002)]),
    ]

    @Test("accepted", arguments: accepted)
    func accepts(_ example: ReaderCase) {
        #expect(read(example.bytes, deflate: example.deflate) == example.seen)
    }

    @Test("refused", arguments: refused)
    func refuses(_ example: ReaderCase) {
        #expect(read(example.bytes, deflate: example.deflate) == example.seen)
    }

    @Test("the same, cut at every place and byte by byte", arguments: accepted + refused)
    func splits(_ example: ReaderCase) {
        for cut in 1..<example.bytes.count {
            #expect(read(example.bytes, cuts: [cut], deflate: example.deflate) == example.seen, "cut at \(cut)")
        }
        let everywhere = Array(1..<example.bytes.count)
        #expect(read(example.bytes, cuts: everywhere, deflate: example.deflate) == example.seen)
    }

    @Test("reserved opcodes", arguments: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8])
    func reservedOpcode(_ opcode: UInt8) {
        #expect(read(RawFrame(opcode: opcode).bytes) == [.failure(1002)])
    }

    @Test("a client refuses masks and takes frames without")
    func clientRole() {
        #expect(read(RawFrame.text("a").bytes, role: .client) == [.failure(1002)])
        #expect(read(RawFrame(opcode: 1, payload: [0x61], mask: nil).bytes, role: .client) == [.text("a")])
    }

    @Test("a header is refused at its first bad byte")
    func refusedEarly() {
        #expect(read([0x83]) == [.failure(1002)])
        #expect(read([0x81, 0x05]) == [.failure(1002)])
        #expect(read([0x89, 0xFE]) == [.failure(1002)])
        #expect(read([0x82, 0xFE, 0x00, 0x0B], maximumMessageSize: 10) == [.failure(1009)])
    }
}
