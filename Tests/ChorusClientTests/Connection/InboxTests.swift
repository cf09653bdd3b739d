import ChorusClient
import ChorusTesting
import NIOCore
import Testing
import WebSocketWire

@Suite("The inbox")
struct InboxTests {
    private func message(_ size: Int) -> WebSocketMessage {
        WebSocketMessage(kind: .binary, payload: ByteBuffer(repeating: 0, count: size))
    }

    private let end = CloseReason(code: .normal, reason: "", endedBy: .local)

    @Test("is full by bytes, and has room again when half of them are gone")
    func bytes() {
        let inbox = Inbox()
        let size = Inbox.byteLimit / 8
        for number in 1...8 { #expect(inbox.push(message(size)) == (number < 8)) }
        #expect(inbox.size == Inbox.byteLimit)
        for number in 1...8 { #expect(inbox.poll()?.makesRoom == (number == 4)) }
    }

    @Test("is full by count")
    func count() {
        let inbox = Inbox()
        for number in 1...Inbox.countLimit { #expect(inbox.push(message(0)) == (number < Inbox.countLimit)) }
        for number in 1...Inbox.countLimit { #expect(inbox.poll()?.makesRoom == (number == Inbox.countLimit / 2)) }
    }

    @Test("holds one message of any size")
    func large() {
        let inbox = Inbox()
        #expect(!inbox.push(message(Inbox.byteLimit * 10)))
        #expect(inbox.poll()?.makesRoom == true)
    }

    @Test("gives out what is there after its end, and then nothing; the first reason stays")
    func finish() async {
        let inbox = Inbox()
        _ = inbox.push(message(1))
        inbox.finish(end)
        inbox.finish(CloseReason(code: .goingAway, reason: "", endedBy: .peer))
        #expect(inbox.closeReason?.code == .normal)
        _ = inbox.push(message(2))
        #expect(await inbox.next()?.message == message(1))
        #expect(await inbox.next() == nil)
    }

    @Test("hands messages to those who wait, in turn, and ends their wait")
    func waiters() async throws {
        let inbox = Inbox()
        let sizes = try await withTimeout { [end] in
            await withTaskGroup(of: Int?.self) { group in
                for _ in 0..<10 { group.addTask { await inbox.next()?.message.payload.readableBytes } }
                for size in 1...6 {
                    _ = inbox.push(WebSocketMessage(kind: .binary, payload: ByteBuffer(repeating: 0, count: size)))
                }
                var sizes: [Int] = []
                for await size in group {
                    if let size { sizes.append(size) }
                    if sizes.count == 6 { inbox.finish(end) }
                }
                return sizes
            }
        }
        #expect(sizes.sorted() == [1, 2, 3, 4, 5, 6])
    }

    @Test("loses nothing when those who wait are cancelled, over and over")
    func cancellation() async throws {
        let inbox = Inbox()
        let total = 5_000
        let received = try await withTimeout(60) { [end] in
            await withTaskGroup(of: Int.self) { group in
                group.addTask {
                    for number in 0..<total {
                        _ = inbox.push(WebSocketMessage(kind: .text, payload: ByteBuffer(integer: number)))
                        if number.isMultiple(of: 3) { await Task.yield() }
                    }
                    inbox.finish(end)
                    return 0
                }
                group.addTask {
                    var count = 0
                    while count < total {
                        let waiting = Task { await inbox.next() }
                        await Task.yield()
                        if Bool.random() { waiting.cancel() }
                        if let taken = await waiting.value {
                            #expect(taken.message.payload.getInteger(at: 0, as: Int.self) == count)
                            count += 1
                        }
                    }
                    return count
                }
                return await group.reduce(0, +)
            }
        }
        #expect(received == total)
    }
}
