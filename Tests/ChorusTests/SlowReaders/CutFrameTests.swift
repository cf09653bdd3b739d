import Chorus
import ChorusCore
import ChorusTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Frames are handed to the kernel straight, and it often takes only a part of one. What is in the stream must be the
/// same as if it always took everything.
@Suite("Cut frames")
struct CutFrameTests {
    private static let broadcasts = 1000
    private static let replies = 120

    /// Bytes that depend on a kind and a number, so that every one of them can be checked.
    private static func payload(_ kind: UInt8, _ number: Int, size: Int) -> [UInt8] {
        (0..<size).map { kind ^ UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
    }

    /// Reads in pieces of random sizes, and meanwhile pings and sends messages, which the server sends back.
    private static func talk(_ socket: SlowSocket, expecting total: Int) throws -> [UInt8] {
        var received: [UInt8] = []
        var sent = 0
        while received.count < total {
            let piece = try socket.readAfterAWhile(.random(in: 1...1500))
            guard !piece.isEmpty else { break }
            received += piece
            if sent < replies, Int.random(in: 0..<3) == 0 {
                let isPing = sent % 2 == 0
                let payload = payload(isPing ? 0x55 : 0xAA, sent, size: isPing ? sent % 126 : 300 + sent)
                let frame = ClientFrame(opcode: isPing ? 9 : 2, payload: payload)
                try socket.write(Array(frame.bytes.readableBytesView))
                sent += 1
            }
        }
        return received
    }

    @Test("a client that reads slowly, in random pieces, gets every byte of broadcasts, replies and pongs")
    func everyByte() async throws {
        let sizes = (0..<Self.broadcasts).map { number in
            number % 8 == 0 ? Int.random(in: 0...40_000) : Int.random(in: 0...3000)
        }
        let hub = Hub(configuration: .init(defaults: Namespace(window: Window(bytes: 64 << 20))))
        try await serve(
            hub: hub,
            routes: { server in
                server.onMessage("/mixed") { client, message in client.send(message) }
            }
        ) { test in
            let socket = try SlowSocket(port: test.port, receiveBuffer: 8 << 10)
            try socket.write(Array(RawSocket.request("/mixed").utf8))
            var head: [UInt8] = []
            while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) { head += try socket.read(1) }
            try await test.expectSessions(1)

            let total = Self.streamSize(sizes)
            let reading = Task {
                try await NIOThreadPool.singleton.runIfActive { try Self.talk(socket, expecting: total) }
            }
            for (number, size) in sizes.enumerated() {
                test.server.broadcast(
                    Message(.text, ByteBuffer(bytes: Self.payload(0, number, size: size).map { $0 & 0x7F }))
                )
                // not all at once, so that some come live and some while it is behind
                if number % 50 == 0 { try await Task.sleep(for: .milliseconds(10)) }
            }
            let received = try await reading.value
            #expect(received.count == total)
            try Self.check(received, sizes)
            let counters = await hub.counters()
            #expect(counters.cuts >= 10)
            #expect(counters.recovered > 10)
        }
    }

    private static func streamSize(_ sizes: [Int]) -> Int {
        func frame(_ size: Int) -> Int { size + (size < 126 ? 2 : size < 65_536 ? 4 : 10) }
        let replies = (0..<replies).map { frame($0 % 2 == 0 ? $0 % 126 : 300 + $0) }
        return (sizes.map(frame) + replies).reduce(0, +)
    }

    /// The three streams in one, each in its own order and complete.
    private static func check(_ received: [UInt8], _ sizes: [Int]) throws {
        var bytes = ByteBuffer(bytes: received)
        var broadcasts = 0
        var pongs = 0
        var replies = 1
        while let frame = bytes.readServerFrame() {
            let payload = Array(frame.payload.readableBytesView)
            switch frame.opcode {
            case 1:
                let expected = self.payload(0, broadcasts, size: sizes[broadcasts]).map { $0 & 0x7F }
                guard payload == expected else { throw TestFailure("broadcast \(broadcasts) is broken") }
                broadcasts += 1
            case 10:
                guard payload == self.payload(0x55, pongs, size: pongs % 126) else {
                    throw TestFailure("pong \(pongs)")
                }
                pongs += 2
            case 2:
                guard payload == self.payload(0xAA, replies, size: 300 + replies) else {
                    throw TestFailure("reply \(replies)")
                }
                replies += 2
            default: throw TestFailure("opcode \(frame.opcode)")
            }
        }
        #expect(bytes.readableBytes == 0)
        #expect(broadcasts == sizes.count)
        #expect(pongs == self.replies)
        #expect(replies == self.replies + 1)
    }
}
