import ChorusCommand
import NIOCore
import Testing

@Suite("A message of the bench")
struct BenchMessageTests {
    private let mark = BenchMessage.Mark(run: 0xDEAD_BEEF)

    private func read(_ buffer: ByteBuffer, offset: inout Int) -> BenchMessage? {
        buffer.withUnsafeReadableBytes { BenchMessage($0, mark, offset: &offset) }
    }

    @Test(
        "is text of the wished size, and is read as it was written",
        arguments: [0, 1, 9, 10, 15, 16, 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210, UInt64.max]
    )
    func roundTrip(_ value: UInt64) throws {
        var template = BenchMessage.template(size: 100, mark: mark, publisher: UInt32(truncatingIfNeeded: value))
        BenchMessage.fill(&template, number: value, time: ~value)
        #expect(template.readableBytes == 100)
        #expect(template.readableBytesView.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        var offset = 0
        let message = try #require(read(template, offset: &offset))
        #expect(message.publisher == UInt32(truncatingIfNeeded: value))
        #expect(message.number == value)
        #expect(message.time == ~value)
    }

    @Test("is found wherever a relay puts it")
    func found() {
        var offset = 0
        for prefix in ["", "Message: ", "{", "chorus~b", ""] {
            var buffer = ByteBuffer(string: prefix)
            var message = BenchMessage.template(size: BenchMessage.minimumSize, mark: mark, publisher: 7)
            BenchMessage.fill(&message, number: 8, time: 9)
            buffer.writeImmutableBuffer(message)
            #expect(read(buffer, offset: &offset)?.number == 8)
            #expect(offset == prefix.utf8.count)
            buffer.writeString("}")
            #expect(read(buffer, offset: &offset)?.publisher == 7)
        }
    }

    @Test("is not one of another run, nor one that is cut")
    func foreign() {
        var offset = 3
        let other = BenchMessage.template(size: 56, mark: BenchMessage.Mark(run: 1), publisher: 0)
        #expect(read(other, offset: &offset) == nil)
        var cut = BenchMessage.template(size: 56, mark: mark, publisher: 0)
        cut.moveWriterIndex(to: 55)
        #expect(read(cut, offset: &offset) == nil)
        #expect(read(ByteBuffer(), offset: &offset) == nil)
    }
}
