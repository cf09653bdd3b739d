import CentrifugeProtocol
import Chorus
import ChorusCore
import ClientSupport
import NIOCore
import Testing

@Suite("Messages as pushes of the Centrifuge protocol")
struct CentrifugeEncoderTests {
    /// A shard encodes a message once for each encoding that its sessions have.
    @Test("clients of one format and one window have one encoding", arguments: [CentrifugeFormat.json, .protobuf])
    func shared(_ wire: CentrifugeFormat) {
        let all = [0, 8, 9, 15].map { Encoding.centrifuge(wire, windowBits: $0) }
        for (index, bits) in [0, 8, 9, 15].enumerated() {
            #expect(Encoding.centrifuge(wire, windowBits: bits) === all[index])
        }
        #expect(Set(all.map(ObjectIdentifier.init)).count == all.count)
        #expect(Encoding.centrifuge(.json, windowBits: 0) !== Encoding.centrifuge(.protobuf, windowBits: 0))
    }

    @Test("who is told of no members receives everything else")
    func withoutMembers() {
        let count = PresenceCount(sessions: 1, users: 0)
        func size(_ message: Message, _ variant: CentrifugeEncoder.Variant) -> Int {
            var frame = ByteBuffer()
            CentrifugeEncoder(.json, variant, windowBits: nil).encode(message, topic: "a", into: &frame)
            return frame.readableBytes
        }
        for notice in [PresenceNotice.joined([Member(id: "1")], count), .left([Member(id: "1")], count)] {
            #expect(size(Message(notice), []) > 0)
            #expect(size(Message(notice), .withoutMembers) == 0)
        }
        #expect(size(Message("hi"), .withoutMembers) == size(Message("hi"), []))
        #expect(size(Message("hi"), [.withoutMembers, .newcomer]) == size(Message("hi"), .newcomer))
    }
}
