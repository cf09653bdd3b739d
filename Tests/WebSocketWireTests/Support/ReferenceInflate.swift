/// A second inflater, bit by bit as RFC 1951 describes it, for messages as RFC 7692 has them.
struct ReferenceInflate {
    enum Problem: Error {
        case corrupt
        case tooBig
    }

    private enum Stop: Error {
        case endOfBytes
    }

    private let bytes: [UInt8]
    private let payloadSize: Int
    private let maximumSize: Int
    private var bit = 0
    private var output: [UInt8] = []
    /// Where the window of the current stream begins in the output.
    private var windowStart = 0
    private var farthest = 0

    static func inflate(_ payload: [UInt8], maximumSize: Int) -> Result<[UInt8], Problem> {
        guard !payload.isEmpty else { return .success([]) }
        var inflate = ReferenceInflate(
            bytes: payload + [0, 0, 0xFF, 0xFF],
            payloadSize: payload.count,
            maximumSize: maximumSize
        )
        do {
            while try inflate.block() {}
            return .success(inflate.output)
        } catch let problem as Problem {
            return .failure(problem)
        } catch {
            return .failure(.corrupt)
        }
    }

    /// The largest distance that any match in a valid message goes back, in bytes.
    static func farthestDistance(_ payload: [UInt8]) throws -> Int {
        var inflate = ReferenceInflate(
            bytes: payload + [0, 0, 0xFF, 0xFF],
            payloadSize: payload.count,
            maximumSize: .max
        )
        while try inflate.block() {}
        return inflate.farthest
    }

    private init(bytes: [UInt8], payloadSize: Int, maximumSize: Int) {
        (self.bytes, self.payloadSize, self.maximumSize) = (bytes, payloadSize, maximumSize)
    }

    private mutating func bits(_ count: Int) throws -> Int {
        guard bit + count <= bytes.count * 8 else { throw Stop.endOfBytes }
        var value = 0
        for index in 0..<count {
            value |= Int(bytes[bit / 8] >> UInt8(bit % 8) & 1) << index
            bit += 1
        }
        return value
    }

    private mutating func put(_ byte: UInt8) throws {
        guard output.count < maximumSize else { throw Problem.tooBig }
        output.append(byte)
    }

    /// One block; false when it was the last one.
    private mutating func block() throws -> Bool {
        // Ending between two blocks is how a message should end.
        guard bit + 3 <= bytes.count * 8 else { return false }
        let isLast = try bits(1) == 1
        switch try bits(2) {
        case 0: try stored()
        case 1: try compressed(Self.fixedLengths, Self.fixedDistances)
        case 2:
            let (lengths, distances) = try dynamicTables()
            try compressed(lengths, distances)
        default: throw Problem.corrupt
        }
        guard isLast else { return true }
        bit = (bit + 7) / 8 * 8
        windowStart = output.count
        return bit != payloadSize * 8 && bit < bytes.count * 8
    }

    private mutating func stored() throws {
        bit = (bit + 7) / 8 * 8
        let size = try bits(16)
        guard try bits(16) == ~size & 0xFFFF else { throw Problem.corrupt }
        for _ in 0..<size { try put(UInt8(try bits(8))) }
    }

    private mutating func compressed(_ lengths: ReferenceHuffman, _ distances: ReferenceHuffman) throws {
        while true {
            let symbol = try decode(lengths)
            if symbol < 256 {
                try put(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            guard symbol <= 285 else { throw Problem.corrupt }
            let (length, lengthBits) = Self.lengthCodes[symbol - 257]
            let count = length + (try bits(lengthBits))
            let distanceSymbol = try decode(distances)
            guard distanceSymbol < 30 else { throw Problem.corrupt }
            let (base, distanceBits) = Self.distanceCodes[distanceSymbol]
            let distance = base + (try bits(distanceBits))
            guard distance <= output.count - windowStart else { throw Problem.corrupt }
            farthest = max(farthest, distance)
            for _ in 0..<count { try put(output[output.count - distance]) }
        }
    }

    private mutating func decode(_ code: ReferenceHuffman) throws -> Int {
        var (value, first, index) = (0, 0, 0)
        for length in 1...15 {
            value |= try bits(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + (value - first)] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw Problem.corrupt
    }

    private mutating func dynamicTables() throws -> (ReferenceHuffman, ReferenceHuffman) {
        let lengthCount = try bits(5) + 257
        let distanceCount = try bits(5) + 1
        let codeCount = try bits(4) + 4
        guard lengthCount <= 286, distanceCount <= 30 else { throw Problem.corrupt }
        var codeLengths = [Int](repeating: 0, count: 19)
        for index in 0..<codeCount { codeLengths[Self.codeOrder[index]] = try bits(3) }
        guard let code = ReferenceHuffman(codeLengths), code.isComplete else { throw Problem.corrupt }
        var all: [Int] = []
        while all.count < lengthCount + distanceCount {
            let symbol = try decode(code)
            if symbol < 16 {
                all.append(symbol)
                continue
            }
            guard symbol != 16 || !all.isEmpty else { throw Problem.corrupt }
            let value = symbol == 16 ? all[all.count - 1] : 0
            let count = symbol == 16 ? 3 + (try bits(2)) : symbol == 17 ? 3 + (try bits(3)) : 11 + (try bits(7))
            guard all.count + count <= lengthCount + distanceCount else { throw Problem.corrupt }
            all += Array(repeating: value, count: count)
        }
        guard all[256] > 0,
            let lengths = ReferenceHuffman(Array(all[..<lengthCount])), lengths.isUsable,
            let distances = ReferenceHuffman(Array(all[lengthCount...])), distances.isUsable
        else { throw Problem.corrupt }
        return (lengths, distances)
    }
}
