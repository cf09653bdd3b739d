import FuzzSupport
import Testing
import WebSocketWire

@Suite("Fuzz: UTF-8")
struct UTF8FuzzTests {
    /// First and continuation bytes at the edges of their ranges, and some ASCII.
    private static let edges: [UInt8] = [
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
        0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]

    @Test("agrees with the standard library, however the text is cut", arguments: Fuzz.lanes)
    func againstStandardLibrary(_ lane: Int) {
        Fuzz.run(percent: 40, lane: lane) { dice in
            let bytes = Self.makeText(&dice)
            var validator = UTF8Validator()
            var isValid = true
            var start = 0
            for end in dice.cuts(bytes.count, dice.below(4)) + [bytes.count] {
                isValid =
                    isValid
                    && bytes.withUnsafeBytes {
                        validator.validate(UnsafeRawBufferPointer(rebasing: $0[start..<end]))
                    }
                start = end
            }
            if (isValid && validator.isComplete) != ReferenceUTF8.isValid(bytes) { return bytes.hex }
            // As long as it is not refused there has to be a way to go on; once it is, there must be none.
            if dice.oneIn(10), isValid != ReferenceUTF8.canBegin(bytes) { return "too late or too early: \(bytes.hex)" }
            return nil
        }
    }

    private static func makeText(_ dice: inout Dice) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<dice.below(8) {
            switch dice.below(5) {
            case 0: bytes.append(dice.pick(edges))
            case 1: bytes += [UInt8](repeating: 0x61, count: dice.below(20))
            case 2: bytes.append(dice.byte())
            default:
                let scalar = Unicode.Scalar(UInt32(dice.below(dice.pick([0x80, 0x800, 0x1_0000, 0x11_0000]))))
                bytes += Array(String(Character(scalar ?? "€")).utf8)
            }
        }
        if dice.oneIn(6) { bytes = bytes.dropLast(dice.below(3)) }
        return bytes
    }
}
