/// A canonical Huffman code (RFC 1951 section 3.2.2).
struct ReferenceHuffman {
    /// How many codes there are of each length.
    private(set) var counts = [Int](repeating: 0, count: 16)
    /// The symbols in the order of their codes.
    private(set) var symbols: [Int] = []
    /// How much of the space of codes is not used, in codes of 15 bits.
    private var left = 1

    /// Nil when there are more codes than bits can tell apart.
    init?(_ lengths: [Int]) {
        for length in lengths { counts[length] += 1 }
        counts[0] = 0
        for length in 1...15 {
            left = left * 2 - counts[length]
            if left < 0 { return nil }
        }
        for length in 1...15 {
            symbols += lengths.indices.filter { lengths[$0] == length }
        }
    }

    var isComplete: Bool { left == 0 }

    /// Complete, or no code or a single one of one bit, which is how a code of one symbol is written.
    var isUsable: Bool { isComplete || symbols.isEmpty || (symbols.count == 1 && counts[1] == 1) }
}

extension ReferenceInflate {
    static let codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    static let lengthCodes: [(Int, Int)] = {
        var codes = (3...10).map { ($0, 0) }
        var base = 11
        for bits in 1...5 {
            for _ in 0..<4 {
                codes.append((base, bits))
                base += 1 << bits
            }
        }
        return codes + [(258, 0)]
    }()

    static let distanceCodes: [(Int, Int)] = {
        var codes = (1...4).map { ($0, 0) }
        var base = 5
        for bits in 1...13 {
            for _ in 0..<2 {
                codes.append((base, bits))
                base += 1 << bits
            }
        }
        return codes
    }()

    /// The fixed codes (RFC 1951 section 3.2.6). They are complete, so that they always exist.
    static let fixedLengths = ReferenceHuffman(
        (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
    )!
    static let fixedDistances = ReferenceHuffman([Int](repeating: 5, count: 32))!
}
