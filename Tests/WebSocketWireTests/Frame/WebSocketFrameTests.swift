import NIOCore
import Testing
import WebSocketWire

@Suite("Writer")
struct WebSocketFrameTests {
    static let sizes = [0, 1, 2, 7, 8, 9, 15, 16, 17, 124, 125, 126, 127, 1000, 65535, 65536, 70_001]

    private func written(_ write: (inout ByteBuffer) -> Void) -> [UInt8] {
        var buffer = ByteBuffer()
        write(&buffer)
        return buffer.array
    }

    @Test("the examples of RFC 6455 section 5.7")
    func examples() {
        let hello = ByteBuffer(string: "Hello")
        #expect(
            written { WebSocketFrame.write(.text, hello, into: &$0) } == [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]
        )
        #expect(
            written { WebSocketFrame.write(.text, hello, mask: 0x37FA_213D, into: &$0) }
                == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        )
        #expect(
            written { WebSocketFrame.write(.text, ByteBuffer(string: "Hel"), fin: false, into: &$0) }
                == [0x01, 0x03, 0x48, 0x65, 0x6C]
        )
        #expect(
            written { WebSocketFrame.write(.continuation, ByteBuffer(string: "lo"), into: &$0) }
                == [0x80, 0x02, 0x6C, 0x6F]
        )
        #expect(
            written { WebSocketFrame.writeHeader(.binary, payloadSize: 256, into: &$0) } == [0x82, 0x7E, 0x01, 0x00]
        )
        #expect(
            written { WebSocketFrame.writeHeader(.binary, payloadSize: 65536, into: &$0) }
                == [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0]
        )
        #expect(
            written { WebSocketFrame.writeHeader(.text, payloadSize: 0, compressed: true, into: &$0) } == [0xC1, 0]
        )
    }

    @Test("every size, masked or not, is what a frame by hand is", arguments: sizes)
    func againstByHand(_ size: Int) {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for mask in [nil, 0x37FA_213D, 0, 0xFF00_0001] as [UInt32?] {
            let bytes = written { WebSocketFrame.write(.binary, ByteBuffer(bytes: payload), mask: mask, into: &$0) }
            let maskBytes = mask.map { mask in (0..<4).map { UInt8(truncatingIfNeeded: mask >> (24 - 8 * $0)) } }
            // Compared outside of the macro, which would look for the smallest difference between long arrays.
            let isSame = bytes == RawFrame(opcode: 2, payload: payload, mask: maskBytes).bytes
            #expect(isSame, "mask \(String(describing: mask))")
            #expect(bytes.count == size + WebSocketFrame.headerSize(payloadSize: size, masked: mask != nil))
        }
    }

    @Test("writer to reader, cut at many places", arguments: sizes)
    func roundTrip(_ size: Int) {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let bytes = written { buffer in
            WebSocketFrame.write(.binary, ByteBuffer(bytes: payload), fin: false, mask: 0x0102_0304, into: &buffer)
            WebSocketFrame.write(.ping, ByteBuffer(string: "?"), mask: 0xFFFF_FFFF, into: &buffer)
            WebSocketFrame.write(.continuation, ByteBuffer(bytes: payload), mask: 0x8090_A0B0, into: &buffer)
        }
        let seen: [Seen] = [.ping([0x3F]), .binary(payload + payload)]
        var ways = stride(from: 1, to: bytes.count, by: max(1, bytes.count / 50)).map { [$0] }
        ways += [[], Array(stride(from: 3, to: bytes.count, by: max(3, bytes.count / 500)))]
        for cuts in ways {
            let isSame = read(bytes, cuts: cuts) == seen
            #expect(isSame, "cut at \(cuts.prefix(5))")
        }
    }

    @Test("appends to what is there")
    func appends() {
        var buffer = ByteBuffer(bytes: [1, 2])
        WebSocketFrame.write(.ping, ByteBuffer(), into: &buffer)
        #expect(buffer.array == [1, 2, 0x89, 0])
    }

    @Test("a control frame is never longer than 125 bytes")
    func longPing() {
        let bytes = written { WebSocketFrame.write(.ping, ByteBuffer(repeating: 7, count: 200), mask: 1, into: &$0) }
        #expect(read(bytes) == [.ping([UInt8](repeating: 7, count: 125))])
    }

    @Test("a close carries its code and reason")
    func close() {
        #expect(
            written { WebSocketFrame.writeClose(.goingAway, reason: "bye", into: &$0) }
                == [0x88, 5, 0x03, 0xE9, 0x62, 0x79, 0x65]
        )
        let masked = written { WebSocketFrame.writeClose(.normal, reason: "bye", mask: 0xA1B2_C3D4, into: &$0) }
        #expect(read(masked) == [.close(1000, "bye")])
    }

    @Test("a long reason is cut between characters", arguments: ["a", "ä", "€", "😀", "e\u{301}"])
    func longReason(_ character: String) {
        for lead in 0..<5 {
            let reason = String(repeating: "x", count: lead) + String(repeating: character, count: 150)
            let bytes = written { WebSocketFrame.writeClose(.normal, reason: reason, mask: 7, into: &$0) }
            guard case .close(1000, let received)? = read(bytes).first else {
                Issue.record("no close")
                return
            }
            #expect(received.utf8.count <= 123 && received.utf8.count > 119)
            #expect(reason.utf8.starts(with: received.utf8))
        }
    }

    @Test("reasons of 122 to 124 bytes")
    func reasonAtTheLimit() {
        for count in 122...124 {
            let reason = String(repeating: "r", count: count)
            let bytes = written { WebSocketFrame.writeClose(.normal, reason: reason, mask: 7, into: &$0) }
            #expect(read(bytes) == [.close(1000, String(reason.prefix(123)))])
        }
    }

    @Test("sizes that cannot be do not trap")
    func senselessSizes() {
        #expect(written { WebSocketFrame.writeHeader(.text, payloadSize: -1, into: &$0) } == [0x81, 0])
        #expect(written { WebSocketFrame.writeHeader(.text, payloadSize: .max, into: &$0) }.count == 10)
    }
}
