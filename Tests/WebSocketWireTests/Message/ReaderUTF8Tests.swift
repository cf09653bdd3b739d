import Testing
import WebSocketWire

@Suite("Reader: text that is not UTF-8 fails at its first bad byte")
struct ReaderUTF8Tests {
    /// κόσμε, then the start of a character above U+10FFFF, then more: Autobahn's case 6.4.
    static let bad: [UInt8] = Array("κόσμε".utf8) + [0xF4, 0x90, 0x80, 0x80] + Array("edited".utf8)

    @Test("within a fragment, before the message ends")
    func withinAFragment() {
        let frames: [RawFrame] = [.text("κόσμε", fin: false), .continuation([0xF4], fin: false)]
        var reader = WebSocketReader(role: .server, maximumMessageSize: 1000)
        #expect(reader.readAll(frames.bytes) == [])
        #expect(reader.readAll(RawFrame.continuation([0x90], fin: false).bytes) == [.failure(1007)])
    }

    @Test("within a frame that is not all there")
    func withinAFrame() {
        let bytes = RawFrame(opcode: 1, payload: Self.bad).bytes
        let header = bytes.count - Self.bad.count
        let badAt = header + "κόσμε".utf8.count + 1
        #expect(read(Array(bytes[..<badAt])) == [])
        #expect(read(Array(bytes[...badAt])) == [.failure(1007)])
    }

    @Test("a frame that goes on after the bad byte is ignored")
    func restIsIgnored() {
        let bytes = RawFrame(opcode: 1, payload: Self.bad, declared: 5000).bytes
        var reader = WebSocketReader(role: .server, maximumMessageSize: 10_000)
        #expect(reader.readAll(bytes) == [.failure(1007)])
        #expect(reader.readAll(RawFrame.text("x").bytes) == [])
        #expect(!reader.isMidMessage)
    }

    @Test("a ping between two halves of a character changes nothing")
    func pingWithinACharacter() {
        let frames: [RawFrame] = [
            RawFrame(opcode: 1, payload: [0xF0, 0x9F], fin: false),
            .ping([0xFF]),
            .continuation([0x98, 0x80]),
        ]
        #expect(read(frames.bytes) == [.ping([0xFF]), .text("😀")])
    }

    @Test("binary may be anything")
    func binary() {
        #expect(read(RawFrame.binary(Self.bad).bytes) == [.binary(Self.bad)])
    }
}
