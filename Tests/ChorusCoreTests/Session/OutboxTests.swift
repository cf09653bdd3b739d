import ChorusCore
import NIOCore
import Testing

@Suite("Outbox")
struct OutboxTests {
    private let test = TestHub()

    private func frame(_ text: String) -> ByteBuffer {
        var frame = ByteBuffer()
        WireFormat.plain.encode(ByteBuffer(string: text), topic: "alone", into: &frame)
        return frame
    }

    @discardableResult
    private func send(_ text: String, to client: FakeTransport, isReply: Bool) -> Bool {
        test.executor.on { client.session!.send(frame(text), isReply: isReply) }
    }

    @Test("it holds 128 entries")
    func entries() {
        var outbox = Outbox()
        for _ in 0..<128 { outbox.append(ByteBuffer(integer: UInt8(1))) }
        #expect(!outbox.isOverfull(OutboxLimits()))
        outbox.append(ByteBuffer(integer: UInt8(1)))
        #expect(outbox.isOverfull(OutboxLimits()))
        outbox.removeFirst()
        #expect(!outbox.isOverfull(OutboxLimits()))
    }

    @Test("it holds 64 KiB, or one entry of any size")
    func bytes() {
        var outbox = Outbox()
        outbox.append(ByteBuffer(repeating: 1, count: 1_000_000))
        #expect(!outbox.isOverfull(OutboxLimits()))
        outbox.append(ByteBuffer(integer: UInt8(1)))
        #expect(outbox.isOverfull(OutboxLimits()))
        #expect(outbox.removeFirst().readableBytes == 1_000_000)
        #expect(outbox.bytes == 1)
        outbox.append(ByteBuffer(repeating: 1, count: (64 << 10) - 1))
        #expect(!outbox.isOverfull(OutboxLimits()))
        outbox.append(ByteBuffer(integer: UInt8(1)))
        #expect(outbox.isOverfull(OutboxLimits()))
    }

    @Test("what a client alone receives keeps its order and comes before what its topics have")
    func order() {
        let client = test.client("a")
        test.publish("from the topic", to: "a")
        for text in texts(1...3) { send(text, to: client, isReply: true) }
        test.run()
        client.readBack()
        #expect(client.frames.map { String(buffer: $0.payload) } == texts(1...3) + ["from the topic"])
    }

    @Test("so it is for a session that the turn had no time for")
    func orderWithoutTime() {
        test.on { $0.limits.writesPerTurn = 1 }
        let clients = [test.client("a"), test.client("a")]
        test.publish("from the topic", to: "a")
        for client in clients.reversed() { send("alone", to: client, isReply: true) }
        test.run()
        for client in clients {
            client.readBack()
            #expect(client.frames.map { String(buffer: $0.payload) } == ["alone", "from the topic"])
        }
    }

    @Test("it waits behind the rest of a frame, and the topics wait behind it")
    func waits() {
        let client = test.client("a")
        client.room = 5
        test.publish("one", to: "a")
        test.publish("two", to: "a")
        test.run()
        send("alone", to: client, isReply: true)
        test.publish("three", to: "a")
        test.run()
        client.room = .max
        test.flush(client)
        test.run()
        client.readBack()
        #expect(client.frames.map { String(buffer: $0.payload) } == ["one", "alone", "two", "three"])
    }

    @Test("a program that says much at once to a client that reads is not cut off")
    func healthy() {
        let client = test.client()
        for text in texts(1...1000) { send(text, to: client, isReply: false) }
        test.run()
        #expect(client.ended == nil)
        #expect(client.texts(of: "alone") == texts(1...1000))
    }

    @Test(
        "a client that does not read what it is sent is ended as slow",
        arguments: [FakeTransport.Mode.direct, .queueing]
    )
    func overflow(_ mode: FakeTransport.Mode) {
        let client = test.client("a")
        let other = test.client("a")
        client.mode = mode
        client.room = 0
        for text in texts(1...129) { send(text, to: client, isReply: false) }
        test.run()
        #expect(client.ended == nil)
        send("one too many", to: client, isReply: false)
        test.publish("for others", to: "a")
        test.run()
        #expect(client.ended == .outboxOverflow)
        #expect(client.session!.isClosed)
        #expect(test.counters.outboxOverflows == 1)
        #expect(other.texts(of: "a") == ["for others"])
    }

    @Test("replies do not end a session: it stops reading, and is told when it may go on")
    func replies() {
        let client = test.client()
        var resumed = 0
        client.onResume = { resumed += 1 }
        client.room = 0
        send("kept by the transport", to: client, isReply: true)
        test.run()
        for number in 1...128 { #expect(send("\(number)", to: client, isReply: true)) }
        #expect(!send("too many", to: client, isReply: true))
        test.run()
        #expect(client.ended == nil)
        #expect(resumed == 0)
        client.room = .max
        test.flush(client)
        test.run()
        #expect(resumed == 1)
        #expect(client.texts(of: "alone").count == 130)
    }

    @Test("a session that is closed is sent nothing, and lets go of what was waiting")
    func closed() {
        let client = test.client()
        send("never", to: client, isReply: true)
        test.close(client)
        #expect(send("never", to: client, isReply: true))
        test.run()
        #expect(client.texts(of: "alone").isEmpty)
        #expect(client.writeCount == 0)
    }

    @Test("what is in it can be taken out, to be written with the last words")
    func takenOut() {
        let client = test.client()
        for text in texts(1...3) { send(text, to: client, isReply: true) }
        let taken = test.executor.on { client.session!.takeOutbox() }
        #expect(taken == texts(1...3).map(frame))
        test.run()
        #expect(client.writeCount == 0)
    }
}
