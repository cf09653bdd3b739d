import ChorusCore
import NIOCore
import Testing

@Suite("Topic log")
struct TopicLogTests {
    private func log(_ sizes: [Int]) -> TopicLog {
        var log = TopicLog()
        for size in sizes { log.append(message(size)) }
        return log
    }

    private func message(_ size: Int) -> Message { Message(.binary, ByteBuffer(repeating: 7, count: size)) }

    @Test("an empty log has no first message")
    func empty() {
        let log = TopicLog()
        #expect(log.head == 0)
        #expect(log.first == 1)
        #expect(log.count == 0)
        #expect(log.bytes == 0)
        #expect(log.bytes(after: 0) == 0)
        #expect(log.segments(after: 0, limit: .max).isEmpty)
        #expect(log.segment(containing: 1) == nil)
    }

    @Test("sequences begin at 1 and have no gaps")
    func sequences() {
        let log = log(Array(repeating: 10, count: 200))
        #expect(log.head == 200)
        #expect(log.count == 200)
        var next: UInt64 = 1
        for segment in log.all {
            #expect(segment.first == next)
            next = segment.last + 1
        }
        #expect(next == 201)
    }

    @Test("a segment is full at 64 messages")
    func fullByCount() {
        #expect(log(Array(repeating: 0, count: 64)).all.count == 1)
        let log = log(Array(repeating: 0, count: 65))
        #expect(log.all.map(\.messages.count) == [64, 1])
        #expect(log.all.map(\.isFull) == [true, false])
    }

    @Test("a segment is full at 32 KiB, with 64 bytes for every message")
    func fullByBytes() {
        let half = (16 << 10) - 64
        #expect(log([half, half - 1, 1]).all.map(\.messages.count) == [3])
        #expect(log([half, half, 1]).all.map(\.messages.count) == [2, 1])
        #expect(log([half, 1_000_000, 1]).all.map(\.messages.count) == [2, 1])
    }

    @Test("every sequence is found in the segment that holds it, and no other", arguments: [1, 2, 5, 64, 65, 300])
    func lookup(_ count: Int) {
        var log = log((0..<count).map { $0 % 7 == 0 ? 40_000 : 100 })
        let dropped = min(3, log.all.count - 1)
        for _ in 0..<dropped { log.dropFirst() }
        for sequence in 0...UInt64(count) + 1 {
            let found = log.segment(containing: sequence)
            if sequence < log.first || sequence > log.head {
                #expect(found == nil)
            } else {
                #expect(found.map { $0.first <= sequence && sequence <= $0.last } == true)
            }
        }
    }

    @Test("what comes after a sequence is found, up to a limit and at least one segment")
    func segmentsAfter() {
        let log = log(Array(repeating: 100, count: 640))
        #expect(log.all.count == 10)
        let segmentBytes = 64 * 164
        #expect(log.segments(after: 0, limit: .max).map(\.first) == log.all.map(\.first))
        #expect(log.segments(after: 0, limit: 1).map(\.first) == [1])
        #expect(log.segments(after: 63, limit: 1).map(\.first) == [1])
        #expect(log.segments(after: 64, limit: 1).map(\.first) == [65])
        #expect(log.segments(after: 64, limit: segmentBytes + 1).map(\.first) == [65, 129])
        #expect(log.segments(after: 639, limit: .max).map(\.first) == [577])
        #expect(log.segments(after: 640, limit: .max).isEmpty)
    }

    @Test("the bytes after a sequence are the sum of the costs after it")
    func bytesAfter() {
        let sizes = (0..<300).map { ($0 * 37) % 2000 }
        var log = log(sizes)
        log.dropFirst()
        let first = Int(log.first)
        for sequence in stride(from: 0, through: 301, by: 7) {
            let expected = sizes.dropFirst(max(sequence, first - 1)).reduce(0) { $0 + $1 + 64 }
            #expect(log.bytes(after: UInt64(sequence)) == expected)
        }
        #expect(log.bytes == log.bytes(after: 0))
        #expect(log.bytes == log.all.reduce(0) { $0 + $1.bytes })
    }

    @Test("a message that nobody reads is counted and not kept")
    func skip() {
        var log = log([10, 10])
        log.skip()
        #expect(log.head == 3)
        #expect(log.bytes == 0)
        #expect(log.first == 4)
        log.append(message(5))
        #expect(log.all.map(\.first) == [4])
        #expect(log.bytes == 69)
    }

    @Test("the messages of a segment after a sequence")
    func messagesAfter() {
        let segment = log([1, 2, 3]).all[0]
        #expect(segment.messages(after: 0).map(\.payload.readableBytes) == [1, 2, 3])
        #expect(segment.messages(after: 2).map(\.payload.readableBytes) == [3])
        #expect(segment.messages(after: 3).isEmpty)
    }
}

extension TopicLog {
    fileprivate var all: [Segment] { Array(segments(after: first - 1, limit: .max)) }
}
