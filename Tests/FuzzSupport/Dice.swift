/// A small random number generator whose whole state is its seed (SplitMix64), so that an input can be replayed.
package struct Dice: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0 to `count` - 1.
    package mutating func below(_ count: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % max(count, 1) }

    /// True once in `odds` times.
    package mutating func oneIn(_ odds: Int) -> Bool { below(odds) == 0 }

    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    package mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 24) }

    package mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }

    /// Up to `count` places at which to cut `size` bytes, ascending.
    package mutating func cuts(_ size: Int, _ count: Int) -> [Int] {
        guard size > 1 else { return [] }
        return Set((0..<count).map { _ in 1 + below(size - 1) }).sorted()
    }

    /// Changes bytes: another stands in place of one, or before it, or nothing does.
    package mutating func change(_ bytes: inout [UInt8], _ times: Int, to another: (inout Dice) -> UInt8) {
        for _ in 0..<times {
            let place = below(bytes.count + 1)
            let byte = another(&self)
            switch below(3) {
            case 0: bytes.insert(byte, at: place)
            case 1 where place < bytes.count: bytes[place] = byte
            default: if place < bytes.count { bytes.remove(at: place) }
            }
        }
    }
}
