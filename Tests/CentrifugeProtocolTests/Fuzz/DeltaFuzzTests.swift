import CentrifugeProtocol
import FuzzSupport
import NIOCore
import Testing

@Suite("Fuzz: deltas")
struct DeltaFuzzTests {
    @Test("what is encoded is applied to the same, and copies what is the same")
    func encode() {
        var (shorter, longer) = (0, 0)
        Fuzz.run(percent: 10) { dice in
            let (source, target) = DeltaGenerator.pair(&dice)
            let delta = FossilDelta.encode(from: ByteBuffer(bytes: source), to: ByteBuffer(bytes: target))
            if delta.readableBytes < target.count { shorter += 1 } else { longer += 1 }
            return DeltaGenerator.complaint(source, target).map { "\($0): \(source) \(target)" }
        }
        #expect(shorter > 0 && longer > 0)
    }

    @Test("a delta that was changed is refused, or makes what it says")
    func apply() {
        var (applied, refused) = (0, 0)
        Fuzz.run(percent: 10) { dice in
            let (source, target) = DeltaGenerator.pair(&dice)
            var delta = FossilDelta.encode(from: ByteBuffer(bytes: source), to: ByteBuffer(bytes: target)).array
            let isChanged = !dice.oneIn(10)
            if isChanged { Self.change(&delta, &dice) }
            guard let result = try? FossilDelta.apply(ByteBuffer(bytes: delta), to: ByteBuffer(bytes: source)) else {
                refused += 1
                return isChanged ? nil : "refused: \(source) \(target)"
            }
            applied += 1
            return Self.declares(delta, result.array) ? nil : "\(delta) makes of \(source) \(result.array)"
        }
        #expect(applied > 0 && refused > 0)
    }

    private static func change(_ delta: inout [UInt8], _ dice: inout Dice) {
        for _ in 0...dice.below(2) {
            let place = dice.below(delta.count + 1)
            switch dice.below(4) {
            case 0: delta.removeSubrange(place..<min(delta.count, place + 1 + dice.below(3)))
            case 1 where place < delta.count: delta[place] = dice.pick(Array("0~@:,;\n1".utf8))
            case 2: delta.insert(contentsOf: Array("1@0,".utf8), at: place)
            default: delta.insert(contentsOf: dice.bytes(1), at: place)
            }
            if delta.isEmpty { return }
        }
    }

    /// Whether the delta begins and ends with size and checksum of `target`.
    private static func declares(_ delta: [UInt8], _ target: [UInt8]) -> Bool {
        guard let end = delta.firstIndex(of: 0x0A), delta.last == UInt8(ascii: ";") else { return false }
        guard number(delta[..<end]) == UInt64(target.count) else { return false }
        // the checksum may stand right behind an insertion whose bytes are digits too
        let checksum = UInt64(sum(target))
        return (1...6).contains { number(delta.dropLast().suffix($0)) == checksum }
    }

    private static func number(_ digits: some Collection<UInt8>) -> UInt64? {
        let all = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~".utf8)
        var number: UInt64 = 0
        for digit in digits {
            guard let value = all.firstIndex(of: digit), number < 1 << 50 else { return nil }
            number = number << 6 | UInt64(value)
        }
        return number
    }

    private static func sum(_ bytes: [UInt8]) -> UInt32 {
        bytes.enumerated().reduce(0) { $0 &+ UInt32($1.element) << UInt32(24 - 8 * ($1.offset % 4)) }
    }
}
