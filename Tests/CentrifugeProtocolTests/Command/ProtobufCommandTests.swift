import CentrifugeProtocol
import NIOCore
import Testing

@Suite("Commands in Protobuf")
struct ProtobufCommandTests {
    @Test(
        "what is not a command is refused",
        arguments: [
            // lengths: cut, longer than the frame, of more than five bytes
            "80", "ff ff", "01", "05 08 01", "02 08", "ff ff ff ff 0f 08 01", "80 80 80 80 80 00",
            "ff ff ff ff ff ff ff ff ff 01",
            // a varint, a message and a string that are cut
            "02 08 80", "03 08 01 22", "04 08 01 22 01", "08 42 06 0a 05 61 62 63 64", "04 42 02 0a 01",
            // the field 0, wire types that there are not
            "02 00 01", "02 0f 01", "02 0e 01",
            // text that is not UTF-8
            "05 42 03 0a 01 ff", "06 42 04 0a 02 c3 28",
            // a varint of more than ten bytes
            "0c 08 ff ff ff ff ff ff ff ff ff ff 01",
            // a group that does not end
            "01 2b",
        ]
    )
    func malformed(_ hex: String) { #expect(violation(ByteBuffer(hex: hex), .protobuf) != nil) }

    @Test("lengths may be of more bytes than they need, up to five")
    func paddedLength() throws {
        let frame = ByteBuffer(hex: "82 80 80 80 00 08 01 80 80 80 80 00")
        #expect(try commands(frame, .protobuf).map(\.id) == [1, 0])
    }

    @Test("fields that are not known are passed over")
    func unknown() throws {
        // numbers 2 (varint), 40 (bytes), 41 (eight bytes), 42 (four bytes), and in the request 9
        let frame = ByteBuffer(
            hex: "1f 08 01 10 05 c2 02 01 61 c9 02 01 02 03 04 05 06 07 08 d5 02 01 02 03 04 42 05 48 07 0a 01 63"
        )
        #expect(try commands(frame, .protobuf) == [Command(id: 1, request: .presence(channel: "c"))])
    }

    @Test("of fields with one number the last counts, and messages are merged")
    func duplicates() throws {
        let frame = ByteBuffer(hex: "0e 08 01 08 02 7a 03 0a 01 61 7a 03 12 01 74")
        #expect(
            try commands(frame, .protobuf)
                == [Command(id: 2, request: .subRefresh(SubRefreshRequest(channel: "a", token: "t")))]
        )
    }

    @Test("payloads are any bytes")
    func binary() throws {
        let frame = ByteBuffer(hex: "07 62 05 0a 03 00 ff 0a")
        #expect(try commands(frame, .protobuf) == [Command(id: 0, request: .send(ByteBuffer(bytes: [0, 0xFF, 0x0A])))])
    }

    @Test("a filter is seen, whatever is in it, and must be a message")
    func filter() throws {
        let frame = ByteBuffer(hex: "08 2a 06 6a 04 0a 02 6f 72")
        let expected = SubscribeRequest(hasTagsFilter: true)
        #expect(try commands(frame, .protobuf) == [Command(id: 0, request: .subscribe(expected))])
        #expect(violation(ByteBuffer(hex: "06 2a 04 6a 02 0a 02"), .protobuf) != nil)
    }
}
