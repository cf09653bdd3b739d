import ChorusClient
import NIOCore
import NIOEmbedded
import Testing
import WebSocketWire

/// With a clock and a channel that the tests turn themselves.
@Suite("The handler of a connection")
struct HandlerTests {
    @Test("reads on while there is room, stops when there is none, and goes on when there is again")
    func reads() throws {
        let rig = try HandlerRig()
        try rig.open()
        let before = rig.reads
        for _ in 0..<3 { try rig.receive(.binary, count: 1_000) }
        #expect(rig.reads == before + 3)
        try rig.receive(.binary, count: Inbox.byteLimit)
        try rig.receive(.binary, count: 10)
        #expect(rig.reads == before + 3)
        // What had arrived already is not lost, and not delivered before there is room.
        #expect(rig.handler.inbox.size == Inbox.byteLimit + 3_000)
        for _ in 0..<4 { rig.take() }
        #expect(rig.handler.inbox.size == 10)
        #expect(rig.reads == before + 4)
        try rig.finish()
    }

    @Test("keeps what does not fit in the form in which it came")
    func bombs() throws {
        let rig = try HandlerRig(deflate: true)
        try rig.open(deflate: true)
        var deflated = ByteBuffer()
        Deflater().deflate(ByteBuffer(repeating: 0, count: 1 << 20), into: &deflated)
        var frames = ByteBuffer()
        for _ in 0..<60 { WebSocketFrame.write(.binary, deflated, compressed: true, into: &frames) }
        try rig.receive(frames)
        #expect(rig.handler.inbox.size == 1 << 20)
        for _ in 0..<60 { #expect(rig.take()?.payload.readableBytes == 1 << 20) }
        #expect(rig.take() == nil)
        try rig.finish()
    }

    @Test("bounds what is delivered when the connection ends with too much left unread")
    func bombsAtTheEnd() throws {
        let rig = try HandlerRig(deflate: true)
        try rig.open(deflate: true)
        var deflated = ByteBuffer()
        Deflater().deflate(ByteBuffer(repeating: 0, count: 1 << 20), into: &deflated)
        var frames = ByteBuffer()
        for _ in 0..<60 { WebSocketFrame.write(.binary, deflated, compressed: true, into: &frames) }
        try rig.receive(frames)
        try rig.finish()
        #expect(rig.handler.inbox.size < 20 << 20)
        #expect(rig.handler.inbox.closeReason?.code == .abnormal)
        #expect(rig.handler.inbox.closeReason?.error?.message.contains("unread") == true)
    }

    @Test("answers only the newest ping of a server that does not read")
    func pingFlood() throws {
        let rig = try HandlerRig()
        try rig.open()
        rig.holdsWrites = true
        for size in 1...100 { try rig.receive(.ping, count: size) }
        #expect(try rig.sent() == [])
        rig.holdsWrites = false
        let pongs = [1, 100].map { WebSocketEvent.pong(ByteBuffer(repeating: 0x41, count: $0)) }
        #expect(try rig.sent() == pongs)
        try rig.receive(.ping, count: 7)
        #expect(try rig.sent() == [.pong(ByteBuffer(repeating: 0x41, count: 7))])
        try rig.finish()
    }

    @Test("pings a silent server, and gives it up when nothing comes")
    func keepAlive() throws {
        let rig = try HandlerRig()
        try rig.open()
        rig.loop.advanceTime(by: .seconds(24))
        #expect(try rig.sent() == [])
        rig.loop.advanceTime(by: .seconds(1))
        #expect(try rig.sent() == [.ping(ByteBuffer())])
        try rig.receive(.pong)
        rig.loop.advanceTime(by: .seconds(34))
        #expect(try rig.sent() == [.ping(ByteBuffer())])
        rig.loop.advanceTime(by: .seconds(1))
        let reason = try #require(rig.handler.inbox.closeReason)
        #expect(reason.endedBy == .network)
        #expect(reason.code == .abnormal)
        #expect(reason.error?.code == .timedOut)
        #expect(!rig.channel.isActive)
        try rig.finish()
    }

    @Test("does not hold its own consumer's slowness against the server")
    func keepAliveWhileHeld() throws {
        let rig = try HandlerRig()
        try rig.open()
        try rig.receive(.binary, count: Inbox.byteLimit)
        rig.loop.advanceTime(by: .seconds(1_000))
        #expect(try rig.sent() == [])
        #expect(rig.channel.isActive)
        rig.take()
        rig.loop.advanceTime(by: .seconds(25))
        #expect(try rig.sent() == [.ping(ByteBuffer())])
        try rig.finish()
    }

    @Test("sends no pings when they are switched off")
    func noKeepAlive() throws {
        let rig = try HandlerRig { $0.keepAlive = nil }
        try rig.open()
        rig.loop.advanceTime(by: .hours(10))
        #expect(try rig.sent() == [])
        try rig.finish()
    }

    @Test("gives the server time to answer the handshake, and no more")
    func handshakeTimeout() throws {
        let rig = try HandlerRig()
        rig.loop.advanceTime(by: .milliseconds(9_999))
        #expect(rig.channel.isActive)
        rig.loop.advanceTime(by: .milliseconds(1))
        #expect(!rig.channel.isActive)
        let error = #expect(throws: WebSocketClientError.self) { try rig.opened.wait() }
        #expect(error?.code == .timedOut)
        try rig.finish()
    }

    @Test("gives the server time to answer the close frame, and then a second to hang up")
    func closeTimeout() throws {
        for isAnswered in [false, true] {
            let rig = try HandlerRig()
            try rig.open()
            rig.handler.close(ConnectionState.CloseFrame(code: .normal, reason: ""))
            #expect(try rig.sent() == [.close(.normal, reason: "")])
            rig.loop.advanceTime(by: .milliseconds(9_999))
            #expect(rig.handler.inbox.closeReason == nil)
            if isAnswered {
                try rig.receiveClose(.normal)
                #expect(rig.handler.inbox.closeReason?.error == nil)
                rig.loop.advanceTime(by: .milliseconds(999))
                #expect(rig.channel.isActive)
            }
            rig.loop.advanceTime(by: .milliseconds(1))
            #expect(!rig.channel.isActive)
            #expect(rig.handler.inbox.closeReason?.code == .normal)
            #expect((rig.handler.inbox.closeReason?.error?.code == .timedOut) == !isAnswered)
            try rig.finish()
        }
    }

    @Test("reads to the end after the closing handshake, and delivers nothing of it")
    func discards() throws {
        let rig = try HandlerRig()
        try rig.open()
        try rig.receiveClose(.goingAway)
        #expect(try rig.sent() == [.close(.goingAway, reason: "")])
        let before = rig.reads
        try rig.receive(.binary, count: 10)
        try rig.receive(.ping)
        #expect(rig.reads == before + 2)
        #expect(rig.handler.inbox.size == 0)
        #expect(try rig.sent() == [])
        try rig.finish()
    }

    @Test("masks every frame, and each with another mask")
    func masks() throws {
        let rig = try HandlerRig()
        try rig.open()
        var masks: Set<UInt32> = []
        for _ in 0..<100 {
            let written = rig.loop.makePromise(of: Void.self)
            rig.handler.send(WebSocketMessage(kind: .text, payload: ByteBuffer(string: "same")), written: written)
            let frame = try #require(try rig.channel.readOutbound(as: ByteBuffer.self))
            #expect(frame.getInteger(at: 1, as: UInt8.self) == 0x84)
            masks.insert(try #require(frame.getInteger(at: 2, as: UInt32.self)))
        }
        // Two of a hundred are the same once in a million runs.
        #expect(masks.count >= 99)
        try rig.finish()
    }

    @Test("deflates what it sends once that was agreed on, if that makes it smaller")
    func deflates() throws {
        let rig = try HandlerRig(deflate: true)
        try rig.open(deflate: true)
        let cases: [(ByteBuffer, isDeflated: Bool)] = [
            (ByteBuffer(repeating: 0x41, count: 10_000), true),
            (ByteBuffer(repeating: 0x41, count: 64), true),
            (ByteBuffer(repeating: 0x41, count: 63), false),
            (ByteBuffer.random(10_000), false),
            (ByteBuffer(), false),
        ]
        for (payload, isDeflated) in cases {
            let message = WebSocketMessage(kind: .binary, payload: payload)
            rig.handler.send(message, written: rig.loop.makePromise())
            let (events, firstByte) = try rig.sentAndFirstByte()
            #expect(events == [.message(message)])
            #expect(firstByte == (isDeflated ? 0xC2 : 0x82))
        }
        try rig.finish()
    }
}
