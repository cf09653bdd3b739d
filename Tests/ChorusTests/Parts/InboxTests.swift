import Chorus
import ChorusCore
import NIOCore
import Synchronization
import Testing

@Suite("Inbox: messages on their way to a handler")
struct InboxTests {
    @Test("messages come out in their order, and then the end")
    func order() async {
        let inbox = Inbox()
        for number in 0..<5 { #expect(inbox.put(Message("\(number)"))) }
        inbox.finish()
        for number in 0..<5 { #expect(await inbox.next {}?.text == "\(number)") }
        #expect(await inbox.next {} == nil)
        #expect(await inbox.next {} == nil)
    }

    @Test("who waits is woken by a message")
    func waiting() async {
        let inbox = Inbox()
        async let first = inbox.next {}
        async let second = inbox.next {}
        _ = inbox.put("a")
        _ = inbox.put("b")
        let texts = await [first?.text, second?.text].compactMap(\.self).sorted()
        #expect(texts == ["a", "b"])
    }

    @Test("who waits is woken by the end")
    func end() async {
        let inbox = Inbox()
        async let first = inbox.next {}
        async let second = inbox.next {}
        inbox.finish()
        #expect(await first == nil)
        #expect(await second == nil)
    }

    @Test("a cancelled task gets nothing, and what comes later is for others")
    func cancellation() async {
        let inbox = Inbox()
        let task = Task { await inbox.next {} }
        task.cancel()
        #expect(await task.value == nil)
        _ = inbox.put("late")
        #expect(await inbox.next {}?.text == "late")
    }

    @Test("16 messages are all it holds, and there is room again when half are gone")
    func messageLimit() async {
        let inbox = Inbox()
        for number in 1..<16 { #expect(inbox.put(Message("\(number)"))) }
        #expect(!inbox.put("16"))
        let calls = Mutex(0)
        var roomAfter: [Int] = []
        for number in 1...16 {
            _ = await inbox.next { calls.withLock { $0 += 1 } }
            if calls.withLock({ $0 }) > roomAfter.count { roomAfter.append(number) }
        }
        #expect(roomAfter == [8])
    }

    @Test("64 KiB are all it holds, however few messages")
    func byteLimit() async {
        let inbox = Inbox()
        #expect(inbox.put(Message(.binary, ByteBuffer(repeating: 0, count: (64 << 10) - 1))))
        #expect(!inbox.put(Message(.binary, ByteBuffer(repeating: 0, count: 1))))
        let calls = Mutex(0)
        _ = await inbox.next { calls.withLock { $0 += 1 } }
        #expect(calls.withLock { $0 } == 1)
    }

    @Test("a producer that heeds the bound and a consumer lose nothing", .timeLimit(.minutes(1)))
    func both() async {
        let inbox = Inbox()
        let (rooms, room) = AsyncStream.makeStream(of: Void.self)
        let producer = Task {
            var rooms = rooms.makeAsyncIterator()
            for number in 0..<5000 where !inbox.put(Message("\(number)")) { _ = await rooms.next() }
            inbox.finish()
        }
        var expected = 0
        while let message = await inbox.next(makeRoom: { room.yield() }) {
            #expect(message.text == "\(expected)")
            expected += 1
        }
        #expect(expected == 5000)
        await producer.value
    }
}
