import ChorusCommand
import NIOCore
import Testing

@Suite("A message of the bench")
struct BenchMessageTests {
    private let mark = BenchMessage.Mark(run: 0xDEAD_BEEF)

    private func message(size: Int, topic: UInt32 = 0, publisher: UInt32 = 0, run: UInt32 = 0xDEAD_BEEF) -> ByteBuffer {
        var buffer = ByteBuffer()
        let topic = BenchMessage.Topic(topic)
        let mark = BenchMessage.Mark(run: run)
        BenchMessage.write(size: size, mark: mark, topic: topic, publisher: publisher, into: &buffer)
        return buffer
    }

    private func read(_ buffer: ByteBuffer, offset: inout Int) -> BenchMessage? {
        buffer.withUnsafeReadableBytes { BenchMessage($0, mark, offset: &offset) }
    }

    @Test(
        "is text of the wished size, and is read as it was written",
        arguments: [0, 1, 9, 10, 15, 16, 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210, UInt64.max]
    )
    func roundTrip(_ value: UInt64) throws {
        let (topic, publisher) = (UInt32(truncatingIfNeeded: value >> 32), UInt32(truncatingIfNeeded: value))
        var template = message(size: 100, topic: topic, publisher: publisher)
        BenchMessage.fill(&template, at: template.readerIndex, number: value, time: ~value)
        #expect(template.readableBytes == 100)
        #expect(template.readableBytesView.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        var offset = 0
        let message = try #require(read(template, offset: &offset))
        #expect(message.topic == BenchMessage.Topic(topic))
        #expect(message.publisher == publisher)
        #expect(message.number == value)
        #expect(message.time == ~value)
    }

    @Test("is found wherever a relay puts it")
    func found() {
        var offset = 0
        for prefix in ["", "Message: ", "{", "chorus~b", ""] {
            var buffer = ByteBuffer(string: prefix)
            buffer.writeImmutableBuffer(message(size: BenchMessage.minimumSize, publisher: 7))
            BenchMessage.fill(&buffer, at: prefix.utf8.count, number: 8, time: 9)
            #expect(read(buffer, offset: &offset)?.number == 8)
            #expect(offset == prefix.utf8.count)
            buffer.writeString("}")
            #expect(read(buffer, offset: &offset)?.publisher == 7)
        }
    }

    @Test("is not one of another run, nor one that is cut")
    func foreign() {
        var offset = 3
        #expect(read(message(size: 64, run: 1), offset: &offset) == nil)
        var cut = message(size: 64)
        cut.moveWriterIndex(to: 63)
        #expect(read(cut, offset: &offset) == nil)
        #expect(read(ByteBuffer(), offset: &offset) == nil)
    }
}
