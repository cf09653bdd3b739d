import FuzzSupport
import NIOCore
import WebSocketWire

/// Bytes for a reader, and how it is set up.
struct FrameInput: CustomStringConvertible {
    var role: WebSocketRole
    var maximumMessageSize: Int
    var deflate: Bool
    var bytes: [UInt8]

    var description: String { "\(role), at most \(maximumMessageSize), deflate \(deflate): \(bytes.hex)" }
}

/// Makes streams of frames that are valid, or nearly so: what is random through and through dies at its first byte.
struct FrameGenerator {
    private let deflaters = [Deflater(level: 6), Deflater(windowBits: 9, level: 1), Deflater(windowBits: 8)]
    private var isFragmented = false

    private static let snippets: [[UInt8]] =
        ["", "a", "Hello", "κόσμε", "€", "😀", "\u{10FFFF}", "the quick brown fox jumps"].map { Array($0.utf8) } + [
            [0xE2, 0x82], [0xF0, 0x9F], [0xC2], [0xAC], [0x98, 0x80], [0xFF], [0xED, 0xA0, 0x80], [0xF4, 0x90],
            [0xC0, 0x80], [0xE0, 0x80],
        ]

    mutating func makeInput(_ dice: inout Dice) -> FrameInput {
        isFragmented = false
        var input = FrameInput(
            role: dice.oneIn(3) ? .client : .server,
            maximumMessageSize: dice.pick([0, 10, 40, 300, 300, 100_000]),
            deflate: dice.oneIn(2),
            bytes: []
        )
        for _ in 0...dice.below(4) {
            var frame = makeFrame(input.deflate, &dice)
            frame.mask = input.role == .client ? nil : dice.oneIn(5) ? [0, 0, 0, 0] : dice.bytes(4)
            if dice.oneIn(12) { breakRule(&frame, &dice) }
            input.bytes += frame.bytes
        }
        if dice.oneIn(6) { mutate(&input.bytes, &dice) }
        return input
    }

    private mutating func makeFrame(_ deflate: Bool, _ dice: inout Dice) -> RawFrame {
        switch dice.below(10) {
        case 0: return .ping(text(&dice))
        case 1: return .pong(dice.bytes(dice.pick([0, 1, 5, 125])))
        case 2 where dice.oneIn(2):
            return .close(dice.pick([0, 999, 1000, 1001, 1005, 1007, 1014, 1015, 3000, 4999, 5000]), text(&dice))
        case 3 where dice.oneIn(4): return RawFrame(opcode: 8, payload: dice.bytes(dice.below(3)))
        default: break
        }
        var frame = RawFrame(opcode: isFragmented ? 0 : UInt8(1 + dice.below(2)), payload: payload(&dice))
        frame.fin = !dice.oneIn(3)
        if !isFragmented, deflate, dice.oneIn(2) {
            frame.rsv = 4
            frame.payload = compressed(frame.payload, &dice)
        }
        isFragmented = !frame.fin
        if dice.oneIn(10) { frame.form = dice.oneIn(2) ? .twoBytes : .eightBytes }
        return frame
    }

    private func text(_ dice: inout Dice) -> [UInt8] {
        (0..<dice.below(3)).flatMap { _ in Self.snippets[dice.below(dice.oneIn(3) ? Self.snippets.count : 8)] }
    }

    private func payload(_ dice: inout Dice) -> [UInt8] {
        switch dice.below(12) {
        case 0: dice.bytes(dice.below(40))
        case 1: [UInt8](repeating: 0x61, count: dice.pick([125, 126, 127, 299, 300, 301]))
        default: text(&dice)
        }
    }

    private func compressed(_ payload: [UInt8], _ dice: inout Dice) -> [UInt8] {
        if dice.oneIn(10) { return dice.bytes(dice.below(12)) }
        var output = ByteBuffer()
        let repeats = dice.oneIn(10) ? dice.below(30) : 1
        let whole = ByteBuffer(bytes: (0..<repeats).flatMap { _ in payload })
        dice.pick(deflaters).deflate(whole, into: &output)
        var bytes = output.array
        if dice.oneIn(6) { mutate(&bytes, &dice) }
        return bytes
    }

    private mutating func breakRule(_ frame: inout RawFrame, _ dice: inout Dice) {
        switch dice.below(6) {
        case 0: frame.opcode = UInt8(dice.below(16))
        case 1: frame.rsv = UInt8(dice.below(8))
        case 2: frame.fin.toggle()
        case 3: frame.mask = frame.mask == nil ? [1, 2, 3, 4] : nil
        case 4: frame.declared = dice.pick([0, 5, 126, 127, 301, 65_536, 1 << 31, 1 << 62, 1 << 63, .max])
        default: frame.payload += dice.bytes(dice.below(200))
        }
    }

    /// Changes bytes without an idea of what they are.
    private func mutate(_ bytes: inout [UInt8], _ dice: inout Dice) {
        guard !bytes.isEmpty else { return }
        for _ in 0...dice.below(2) {
            let index = dice.below(bytes.count)
            switch dice.below(5) {
            case 0: bytes[index] ^= 1 << UInt8(dice.below(8))
            case 1: bytes[index] = dice.pick([0, 1, 0x7F, 0x80, 0xFE, 0xFF])
            case 2: bytes.insert(dice.byte(), at: index)
            case 3: bytes.removeSubrange(index...)
            default: bytes.append(contentsOf: bytes[index...].prefix(20))
            }
            if bytes.isEmpty { return }
        }
    }
}
