import Chorus
import ChorusTesting
import NIOCore
import Synchronization
import Testing

@Suite("/echo")
struct EchoTests {
    @Test("every message comes back to its sender alone")
    func alone() async throws {
        try await serve { test in
            let clients = try await test.clients(2, "/echo")
            for number in 0..<50 {
                try await clients[0].send("\(number)")
                try await clients[0].expect("\(number)")
            }
            try await clients[0].send(ByteBuffer(bytes: [0, 1, 0xFF]))
            try await clients[0].expect(ByteBuffer(bytes: [0, 1, 0xFF]))
            try await clients[1].expectNothing()
        }
    }

    @Test("messages of every size come back whole", arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 1 << 20])
    func sizes(_ size: Int) async throws {
        try await serve { test in
            let socket = try await RawSocket.open(try await test.raw(), "/echo")
            let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            try await socket.send(.binary(payload))
            let frame = try await socket.next()
            #expect(frame.opcode == 2)
            #expect(frame.payload == ByteBuffer(bytes: payload))
        }
    }

    @Test("pings are answered with their own bytes, in order with the echoes")
    func pings() async throws {
        try await serve { test in
            let socket = try await RawSocket.open(try await test.raw(), "/echo")
            for size in [0, 1, 125] {
                let payload = [UInt8](repeating: 9, count: size)
                try await socket.send(.text("a"), .ping(payload), ClientFrame(opcode: 10, payload: [1]), .text("b"))
                try await socket.expect("a")
                #expect(try await socket.next() == .init(opcode: 10, flags: 0x80, payload: ByteBuffer(bytes: payload)))
                try await socket.expect("b")
            }
        }
    }

    @Test("what the server keeps for one who sends without reading has an end")
    func bounded() async throws {
        try await serve { test in
            let socket = try await RawSocket.open(try await test.raw(receiveBuffer: 8192), "/echo")
            try await socket.client.stopReading()
            let sent = Mutex(0)
            // more than the kernel's buffers of both sides together
            let sending = Task {
                for _ in 0..<400 {
                    try await socket.client.send(Numbered.clientFrames(0..<100))
                    sent.withLock { $0 += 100 }
                }
            }
            // nothing tells that a socket takes no more: it has come to rest when nothing moved for half a second
            var last = -1
            var rests = 0
            while rests < 5 {
                let now = sent.withLock { $0 }
                rests = now == last ? rests + 1 : 0
                last = now
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(last < 30_000)
            try await socket.client.close()
            _ = try? await sending.value
        }
    }

    @Test("who sends without reading is slowed, not closed, and gets everything in the end")
    func unread() async throws {
        // pinged meanwhile, which it does not see either
        try await serve(configure: { $0.keepAlive = .init(interval: .milliseconds(100), timeout: .seconds(30)) }) {
            test in
            let socket = try await RawSocket.open(try await test.raw(receiveBuffer: 8192), "/echo")
            try await socket.client.stopReading()
            let sending = Task {
                for start in stride(from: 0, to: 10_000, by: 100) {
                    try await socket.client.send(Numbered.clientFrames(start..<start + 100))
                }
            }
            // somebody else is served while the first one is stuck
            let other = try await test.client("/echo")
            for number in 0..<100 {
                try await other.send("\(number)")
                try await other.expect("\(number)")
            }
            try await socket.client.startReading()
            #expect(try await socket.readNumbered(to: 10_000).numbers == 0..<10_000)
            try await sending.value
        }
    }
}
