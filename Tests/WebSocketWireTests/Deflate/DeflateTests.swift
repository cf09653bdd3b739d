import CZlib
import FuzzSupport
import NIOCore
import Testing
import WebSocketWire

@Suite("permessage-deflate: messages")
struct DeflateTests {
    static let payloads: [[UInt8]] = {
        var dice = Dice(seed: 7)
        return [
            [], [0], Array("Hello".utf8), [UInt8](repeating: 0x61, count: 100_000),
            Array(String(repeating: "The quick brown fox. ", count: 400).utf8),
            dice.bytes(1), dice.bytes(100), dice.bytes(16_384), dice.bytes(16_385), dice.bytes(200_000),
        ]
    }()

    private func deflated(_ payload: [UInt8], _ deflater: Deflater) -> [UInt8] {
        var output = ByteBuffer()
        deflater.deflate(ByteBuffer(bytes: payload), into: &output)
        return output.array
    }

    private func inflated(
        _ payload: [UInt8],
        maximumSize: Int = 1 << 20,
        by inflater: Inflater = Inflater()
    ) -> Result<[UInt8], WebSocketFailure> {
        Result { () throws(WebSocketFailure) in
            try inflater.inflate(ByteBuffer(bytes: payload), maximumSize: maximumSize).array
        }
    }

    private func failureCode(
        _ payload: [UInt8],
        maximumSize: Int = 1 << 20,
        by inflater: Inflater = Inflater()
    ) -> WebSocketCloseCode? {
        if case .failure(let failure) = inflated(payload, maximumSize: maximumSize, by: inflater) {
            failure.code
        } else {
            nil
        }
    }

    @Test("the examples of RFC 7692 section 7.2.3")
    func examples() throws {
        let hello = Array("Hello".utf8)
        #expect(deflated(hello, Deflater()) == [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])
        #expect(try inflated([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]).get() == hello)
        // Not compressed; a last block, and an empty one after it; two blocks.
        #expect(try inflated([0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00]).get() == hello)
        #expect(try inflated([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]).get() == hello)
        #expect(
            try inflated([0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00]).get() == hello
        )
        #expect(deflated([], Deflater()) == [0x00])
        #expect(try inflated([0x00]).get() == [])
        #expect(try inflated([]).get() == [])
        // Without the empty block behind the last one, as some send it.
        #expect(try inflated([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]).get() == hello)
    }

    @Test("round trips with every window and level")
    func roundTrips() throws {
        for windowBits in 8...15 {
            for level in [0, 1, 6, 9] {
                let deflater = Deflater(windowBits: windowBits, level: level)
                for payload in Self.payloads.prefix(windowBits == 15 ? 10 : 8) {
                    // Compared outside of the macro, which would look for the smallest difference.
                    let isSame = try inflated(deflated(payload, deflater)).get() == payload
                    #expect(isSame, "\(payload.count) bytes, window \(windowBits), level \(level)")
                }
            }
        }
    }

    @Test("no match goes back further than the window", arguments: 8...15)
    func windowIsKept(_ windowBits: Int) throws {
        let block = Array(Self.payloads[7].prefix(7000))
        let deflater = Deflater(windowBits: windowBits, level: 9)
        for distance in [100, 240, 600, 1500, 3000, 7000] {
            let payload = Array(block.prefix(distance) + block.prefix(distance))
            let bytes = deflated(payload, deflater)
            // zlib has no raw window of 8 bits, so that there must be no matches at all.
            let limit = windowBits == 8 ? 0 : 1 << windowBits
            let farthest = try ReferenceInflate.farthestDistance(bytes)
            #expect(farthest <= limit)
            #expect(farthest == distance || distance > limit - 262)
        }
    }

    @Test("one message leaves nothing behind for the next")
    func noContextTakeover() {
        let deflater = Deflater()
        let payload = Array("abcabcabc, again and again".utf8)
        let first = deflated(payload, deflater)
        _ = deflated(Self.payloads[8], deflater)
        #expect(deflated(payload, deflater) == first)
        #expect(deflated(payload, Deflater()) == first)
    }

    @Test("appends to what is there")
    func appends() {
        var output = ByteBuffer(bytes: [1, 2, 3])
        Deflater().deflate(ByteBuffer(string: "Hello"), into: &output)
        #expect(output.array == [1, 2, 3, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])
    }

    @Test("what shrinks does not hold the memory of what it was")
    func outputCapacity() {
        var output = ByteBuffer()
        Deflater().deflate(ByteBuffer(repeating: 0x61, count: 1 << 20), into: &output)
        #expect(output.readableBytes < 2000)
        #expect(output.storageCapacity <= 1 << 19)
    }

    @Test("a bomb fails with 1009 and costs no more than the limit")
    func bomb() throws {
        let bomb = deflated([UInt8](repeating: 0, count: 20_000_000), Deflater(level: 9))
        #expect(bomb.count < 30_000)
        #expect(failureCode(bomb, maximumSize: 100_000) == .messageTooBig)
        #expect(failureCode(bomb, maximumSize: 19_999_999) == .messageTooBig)
        #expect(try inflated(bomb, maximumSize: 20_000_000).get().count == 20_000_000)
    }

    @Test("exactly the limit", arguments: [0, 1, 5, 16_383, 16_384, 16_385, 50_000])
    func exactLimit(_ size: Int) throws {
        let payload = deflated([UInt8](repeating: 5, count: size), Deflater())
        #expect(try inflated(payload, maximumSize: size).get().count == size)
        #expect(size == 0 || failureCode(payload, maximumSize: size - 1) == .messageTooBig)
    }

    @Test("corrupt data fails with 1007")
    func corrupt() {
        #expect(failureCode([0xFF, 0xFF, 0xFF]) == .invalidPayload)
        #expect(failureCode([0x07]) == .invalidPayload)
        #expect(failureCode([0x00, 0x05, 0x00, 0x00, 0x00, 0x48]) == .invalidPayload)
    }

    @Test("a message cannot refer to the one before")
    func refersBack() throws {
        // A block with the fixed codes, which repeats the byte before three times; and a block that is that byte.
        let match: [UInt8] = [0x02, 0x02, 0x00, 0x00]
        let byte: [UInt8] = [0x00, 0x01, 0x00, 0xFE, 0xFF, 0x78]
        #expect(try inflated(byte + match).get() == Array("xxxx".utf8))
        let inflater = Inflater()
        #expect(try inflated(byte + [0x00], by: inflater).get() == [0x78])
        #expect(failureCode(match, by: inflater) == .invalidPayload)
    }

    @Test("a failure leaves the inflater as good as new")
    func afterAFailure() throws {
        let inflater = Inflater()
        let good = deflated(Self.payloads[4], Deflater())
        #expect(failureCode([0xFF], by: inflater) == .invalidPayload)
        #expect(try inflated(good, by: inflater).get() == Self.payloads[4])
        #expect(failureCode(good, maximumSize: 10, by: inflater) == .messageTooBig)
        #expect(try inflated(good, by: inflater).get() == Self.payloads[4])
    }

    @Test("data that was cut off fails with 1007 at every place")
    func cutOff() {
        let whole = deflated(Array("The quick brown fox jumps over the lazy dog.".utf8), Deflater())
        for count in 1..<(whole.count - 1) {
            #expect(failureCode(Array(whole[..<count])) == .invalidPayload, "\(count) of \(whole.count)")
        }
    }

    @Test("the reference inflater of these tests agrees")
    func reference() throws {
        for level in [0, 1, 6, 9] {
            for payload in Self.payloads.prefix(7) {
                let bytes = deflated(payload, Deflater(level: level))
                #expect(try ReferenceInflate.inflate(bytes, maximumSize: 1 << 20).get() == payload)
            }
        }
    }
}
