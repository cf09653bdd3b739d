import FuzzSupport
import NIOCore
import Testing
import WebSocketWire

@Suite("Reader: deflated messages")
struct ReaderDeflateTests {
    private func deflated(_ text: String) -> [UInt8] {
        var output = ByteBuffer()
        Deflater().deflate(ByteBuffer(string: text), into: &output)
        return output.array
    }

    private func frames(_ payload: [UInt8], _ opcode: UInt8 = 1, pieces: Int) -> [RawFrame] {
        let size = (payload.count + pieces - 1) / pieces
        return (0..<pieces).map { piece in
            let part = Array(payload.dropFirst(piece * size).prefix(size))
            let isFirst = piece == 0
            return RawFrame(opcode: isFirst ? opcode : 0, payload: part, fin: piece == pieces - 1, rsv: isFirst ? 4 : 0)
        }
    }

    @Test("whole and in fragments, cut at every place", arguments: 1...4)
    func messages(_ pieces: Int) {
        let text = "Hello, hello, hello — κόσμε"
        let bytes = (frames(deflated(text), pieces: pieces) + [.text("plain")]).bytes
        for cut in 1..<bytes.count {
            #expect(read(bytes, cuts: [cut], deflate: true) == [.text(text), .text("plain")])
        }
        #expect(read(bytes, cuts: Array(1..<bytes.count), deflate: true) == [.text(text), .text("plain")])
    }

    @Test("one inflater for two connections at once")
    func sharedInflater() {
        let inflater = Inflater()
        var left = WebSocketReader(role: .server, maximumMessageSize: 1000, acceptsDeflate: true)
        var right = left
        let (first, second) = (frames(deflated("left left left"), pieces: 2), frames(deflated("right!"), pieces: 2))
        #expect(left.readAll(first[0].bytes, inflater: inflater) == [])
        #expect(right.readAll(second[0].bytes, inflater: inflater) == [])
        #expect(left.readAll(first[1].bytes, inflater: inflater) == [.text("left left left")])
        #expect(right.readAll(second[1].bytes, inflater: inflater) == [.text("right!")])
    }

    @Test("a ping between the fragments")
    func ping() {
        var all = frames(deflated("Hello"), pieces: 2)
        all.insert(.ping([1]), at: 1)
        #expect(read(all.bytes, deflate: true) == [.ping([1]), .text("Hello")])
    }

    @Test("text is checked after inflation, binary is not")
    func utf8() {
        var output = ByteBuffer()
        Deflater().deflate(ByteBuffer(bytes: [0x61, 0xFF]), into: &output)
        #expect(read(frames(output.array, pieces: 1).bytes, deflate: true) == [.failure(1007)])
        #expect(read(frames(output.array, 2, pieces: 1).bytes, deflate: true) == [.binary([0x61, 0xFF])])
        output.clear()
        Deflater().deflate(ByteBuffer(bytes: [0xE2, 0x82]), into: &output)
        #expect(read(frames(output.array, pieces: 1).bytes, deflate: true) == [.failure(1007)])
    }

    @Test("compressed bytes need not be UTF-8 themselves")
    func compressedBytesAreNotText() {
        let bytes = frames([0x00, 0x02, 0x00, 0xFD, 0xFF, 0xC3, 0xA4, 0x00], pieces: 3).bytes
        #expect(read(bytes, deflate: true) == [.text("ä")])
    }

    @Test("corrupt data is 1007, a bomb 1009")
    func failures() {
        #expect(read(frames([0xFF, 0xFF], pieces: 1).bytes, deflate: true) == [.failure(1007)])
        let bomb = frames(deflated(String(repeating: "a", count: 100_000)), pieces: 2).bytes
        #expect(read(bomb, maximumMessageSize: 99_999, deflate: true) == [.failure(1009)])
        #expect(read(bomb, maximumMessageSize: 100_000, deflate: true).count == 1)
    }

    @Test("bytes that grow when they are deflated still pass at the limit")
    func incompressible() {
        var dice = Dice(seed: 1)
        for size in [0, 1, 100, 70_000] {
            let payload = dice.bytes(size)
            var output = ByteBuffer()
            Deflater(level: 0).deflate(ByteBuffer(bytes: payload), into: &output)
            let bytes = frames(output.array, 2, pieces: 3).bytes
            let isSame = read(bytes, maximumMessageSize: size, deflate: true) == [.binary(payload)]
            #expect(isSame, "\(size) bytes")
        }
    }

    @Test("compressed bytes are limited on the header too")
    func compressedLimit() {
        let limit = 1000 + 1000 / 8 + 1000 / 64 + 64
        for (size, expected) in [(limit, []), (limit + 1, [Seen.failure(1009)])] {
            let header = RawFrame(opcode: 2, rsv: 4, declared: UInt64(size))
            #expect(read(header.bytes, maximumMessageSize: 1000, deflate: true) == expected)
            var start = RawFrame(opcode: 2, payload: [UInt8](repeating: 0, count: 500), fin: false, rsv: 4)
            start.mask = [0, 0, 0, 0]
            let rest = RawFrame(opcode: 0, declared: UInt64(size - 500))
            #expect(read(start.bytes + rest.bytes, maximumMessageSize: 1000, deflate: true) == expected)
        }
    }

    @Test("without an inflater it is our fault, not theirs")
    func noInflater() {
        var reader = WebSocketReader(role: .server, maximumMessageSize: 1000, acceptsDeflate: true)
        #expect(reader.readAll(frames(deflated("Hello"), pieces: 1).bytes) == [.failure(1011)])
    }
}
