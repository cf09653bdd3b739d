import NIOCore
import Testing
import WebSocketWire

@Suite("Close codes")
struct WebSocketCloseCodeTests {
    @Test("the codes that may be sent", arguments: [1000...1003, 1007...1014, 3000...4999] as [ClosedRange<UInt16>])
    func allowed(_ range: ClosedRange<UInt16>) {
        for code in range {
            #expect(WebSocketCloseCode(rawValue: code).isAllowedOnWire)
        }
    }

    @Test(
        "the codes that may not",
        arguments: [0...999, 1004...1006, 1015...2999, 5000...65535] as [ClosedRange<UInt16>]
    )
    func refused(_ range: ClosedRange<UInt16>) {
        #expect(range.allSatisfy { !WebSocketCloseCode(rawValue: $0).isAllowedOnWire })
    }

    @Test("a reader takes what may be sent and refuses the rest, as Autobahn's cases 7.7, 7.9 and 7.13 have it")
    func reader() {
        for code: UInt16 in [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1014, 3000, 3999, 4000, 4999] {
            #expect(read(RawFrame.close(code).bytes) == [.close(code, "")])
        }
        for code: UInt16 in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535] {
            #expect(read(RawFrame.close(code).bytes) == [.failure(1002)])
        }
    }

    @Test("a writer leaves out what may not be sent")
    func writer() {
        var buffer = ByteBuffer()
        WebSocketFrame.writeClose(.noStatus, reason: "x", into: &buffer)
        WebSocketFrame.writeClose(.abnormal, into: &buffer)
        WebSocketFrame.writeClose(nil, reason: "x", into: &buffer)
        #expect(buffer.array == [0x88, 0, 0x88, 0, 0x88, 0])
    }
}
