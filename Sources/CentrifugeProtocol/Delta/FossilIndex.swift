/// Where the blocks of a source are, by what is in them.
struct FossilIndex {
    /// The bytes of a block. Shorter matches are not found; they would hardly save anything.
    static let blockSize = 16
    /// The blocks of one bucket that are looked at: what bounds the time where all blocks are alike.
    static let longestSearch = 16

    /// The first block of each bucket, by its number from 1; 0 for none.
    private var heads: [UInt32]
    /// The next block of the same bucket, by the number of the block before it.
    private var nexts: [UInt32]
    private let shift: UInt32

    init(_ source: UnsafeRawBufferPointer) {
        let count = source.count / Self.blockSize
        // about as many buckets as blocks
        let bits = max(4, Int.bitWidth - count.leadingZeroBitCount)
        heads = [UInt32](repeating: 0, count: 1 << bits)
        nexts = [UInt32](repeating: 0, count: count + 1)
        shift = UInt32(32 - bits)
        // the last first, so that of blocks that are alike the first is found first: the longest matches begin there
        for block in stride(from: count, to: 0, by: -1) {
            let bucket = self.bucket(RollingHash(source, at: (block - 1) * Self.blockSize))
            nexts[block] = heads[bucket]
            heads[bucket] = UInt32(block)
        }
    }

    private func bucket(_ hash: RollingHash) -> Int { Int((hash.value &* 0x9E37_79B1) >> shift) }

    /// Calls `body` with the offsets of blocks that may have this hash, until it returns `true` or enough were tried.
    func search(_ hash: RollingHash, _ body: (Int) -> Bool) {
        var block = Int(heads[bucket(hash)])
        var left = Self.longestSearch
        while block != 0, left > 0 {
            if body((block - 1) * Self.blockSize) { return }
            block = Int(nexts[block])
            left -= 1
        }
    }
}

/// The hash of a block (Rabin and Karp): a polynomial of its bytes, so that the next byte's takes constant time.
struct RollingHash {
    private(set) var value: UInt32 = 0

    private static let base: UInt32 = 0x0100_0193
    /// What the first byte of a block counts: the base to the power of 15.
    private static let top: UInt32 = (1..<FossilIndex.blockSize).reduce(1) { power, _ in power &* base }

    /// The hash of the block that begins at `index`.
    init(_ bytes: UnsafeRawBufferPointer, at index: Int) {
        for byte in bytes[index..<index + FossilIndex.blockSize] { value = value &* Self.base &+ UInt32(byte) }
    }

    /// Moves on: the block's first byte leaves it, and one comes at its end.
    mutating func roll(_ first: UInt8, _ next: UInt8) {
        value = (value &- UInt32(first) &* Self.top) &* Self.base &+ UInt32(next)
    }
}
