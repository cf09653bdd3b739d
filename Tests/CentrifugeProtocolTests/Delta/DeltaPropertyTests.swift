import CentrifugeProtocol
import FuzzSupport
import NIOCore
import Testing

@Suite("Deltas of anything")
struct DeltaPropertyTests {
    @Test("what is encoded is applied to the same, is hardly longer than the target, and UTF-8 if that is")
    func random() {
        var dice = Dice(seed: 7)
        for round in 0..<400 {
            let (source, target) = DeltaGenerator.pair(&dice)
            #expect(DeltaGenerator.complaint(source, target) == nil, "round \(round)")
        }
    }

    @Test("the same, and nothing in common, at a size", arguments: [0, 1, 15, 16, 17, 31, 32, 33, 1000, 70_000])
    func sizes(_ size: Int) {
        var dice = Dice(seed: UInt64(size))
        let bytes = dice.bytes(size)
        #expect(DeltaGenerator.complaint(bytes, bytes) == nil)
        #expect(DeltaGenerator.complaint(bytes, dice.bytes(size)) == nil)
        #expect(DeltaGenerator.complaint([], bytes) == nil)
        #expect(DeltaGenerator.complaint(bytes, []) == nil)
        #expect(DeltaGenerator.complaint(bytes, Array(bytes.reversed())) == nil)
        guard size >= 1000 else { return }
        let swapped = Array(bytes[(size / 2)...] + bytes[..<(size / 2)])
        for (target, most) in [(bytes, 24), (swapped, 40)] {
            let delta = FossilDelta.encode(from: ByteBuffer(bytes: bytes), to: ByteBuffer(bytes: target))
            #expect(delta.readableBytes < most)
        }
    }

    /// If all blocks of a bucket were looked at, each of these would compare more than 10^9 bytes.
    @Test(
        "blocks that are all alike do not take long",
        .timeLimit(.minutes(1)),
        arguments: [0x20, 0x80, 0xFF] as [UInt8]
    )
    func repetitive(_ byte: UInt8) {
        let source = [UInt8](repeating: byte, count: 1 << 18)
        // runs that end before a match does, and begin anew
        var target = source
        for place in stride(from: 50, to: target.count, by: 101) { target[place] = 0x41 }
        #expect(DeltaGenerator.complaint(source, target) == nil)
        #expect(DeltaGenerator.complaint(target, source) == nil)
        #expect(DeltaGenerator.complaint(source, Array(source.dropLast(7))) == nil)
    }
}
