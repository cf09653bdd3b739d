import NIOCore
import Testing
import WebSocketWire

@Suite("Reader: sizes and memory")
struct ReaderLimitTests {
    @Test("a message of exactly the limit passes, one byte more does not")
    func exactLimit() {
        let limit = [UInt8](repeating: 1, count: 1000)
        #expect(read(RawFrame.binary(limit).bytes, maximumMessageSize: 1000) == [.binary(limit)])
        #expect(read(RawFrame.binary(limit + [1]).bytes, maximumMessageSize: 1000) == [.failure(1009)])
    }

    @Test("the fragments count together, and the header of the one too many is enough")
    func fragments() {
        let start: [RawFrame] = [
            .binary([UInt8](repeating: 1, count: 600), fin: false),
            .continuation([UInt8](repeating: 2, count: 400), fin: false),
        ]
        #expect(read((start + [.continuation([])]).bytes, maximumMessageSize: 1000).count == 1)
        let header = Array(RawFrame.continuation([3]).bytes.prefix(2))
        #expect(read(start.bytes + header, maximumMessageSize: 1000) == [.failure(1009)])
    }

    @Test("a limit of zero allows only empty messages")
    func zero() {
        #expect(read([RawFrame.text(""), .text("a")].bytes, maximumMessageSize: 0) == [.text(""), .failure(1009)])
    }

    @Test("control frames do not count")
    func controlFrames() {
        let payload = [UInt8](repeating: 1, count: 125)
        #expect(read(RawFrame.ping(payload).bytes, maximumMessageSize: 10) == [.ping(payload)])
    }

    @Test("limits that make no sense are brought into range")
    func senseless() {
        #expect(read(RawFrame.text("").bytes, maximumMessageSize: -5) == [.text("")])
        #expect(read(RawFrame.text("a").bytes, maximumMessageSize: .max) == [.text("a")])
        let huge = RawFrame(opcode: 2, declared: UInt64(WebSocketReader.largestMessageSize + 1))
        #expect(read(huge.bytes, maximumMessageSize: .max) == [.failure(1009)])
    }

    @Test("a length that is only promised costs no memory")
    func promisedLength() {
        var reader = WebSocketReader(role: .server, maximumMessageSize: 1 << 30)
        let promise = RawFrame(opcode: 2, payload: [1, 2, 3], declared: 1 << 30)
        #expect(reader.readAll(promise.bytes) == [])
        #expect(reader.heldCapacity <= 16)
        #expect(reader.isMidMessage)
        #expect(reader.readAll([UInt8](repeating: 0, count: 5000)) == [])
        #expect(reader.heldCapacity <= 2 * 5003)
    }

    @Test("nothing is held between messages")
    func nothingIsHeld() {
        var reader = WebSocketReader(role: .server, maximumMessageSize: 1000)
        let bytes = [RawFrame.text("a", fin: false), .ping([1]), .continuation([0x62])].bytes
        for cut in 0..<bytes.count {
            _ = reader.readAll(Array(bytes[..<cut]))
            #expect(reader.isMidMessage == (cut > 0))
            _ = reader.readAll(Array(bytes[cut...]))
            #expect(!reader.isMidMessage)
            #expect(reader.heldCapacity == 0)
        }
    }

    @Test("a million idle readers are 24 MB")
    func idleSize() {
        #expect(MemoryLayout<WebSocketReader>.stride <= 24)
    }

    @Test("a receive buffer that somebody else holds is neither changed nor copied")
    func sharedReceiveBuffer() {
        let bytes = [RawFrame.text("Hello"), .binary([UInt8](repeating: 9, count: 300)), .ping([1])].bytes
        var buffer = ByteBuffer(bytes: bytes)
        let other = buffer
        let address = buffer.withVeryUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        var reader = WebSocketReader(role: .server, maximumMessageSize: 1000)
        var seen = 0
        while reader.next(from: &buffer) != nil { seen += 1 }
        #expect(seen == 3)
        #expect(buffer.withVeryUnsafeBytes { UInt(bitPattern: $0.baseAddress) } == address)
        #expect(other.array == bytes)
    }

    @Test("the payload of a message is a buffer of its own")
    func ownPayload() throws {
        var buffer = ByteBuffer(bytes: RawFrame.text("Hello").bytes)
        var reader = WebSocketReader(role: .server, maximumMessageSize: 1000)
        guard case .message(let message) = reader.next(from: &buffer) else {
            Issue.record("no message")
            return
        }
        #expect(message.payload.storageCapacity <= 8)
    }
}
