import Chorus
import ChorusClient
import ChorusTesting
import NIOCore
import Testing

@Suite("Messages that are too large")
struct MessageSizeTests {
    private static let limit = 10_000

    private func serve(_ body: @escaping @Sendable (TestServer) async throws -> Void) async throws {
        try await ChorusTests.serve(configure: { $0.limits.messageSize = Self.limit }, body)
    }

    @Test("a message of exactly the limit passes")
    func exact() async throws {
        try await serve { test in
            let client = try await test.client("/ws/big")
            let text = String(repeating: "x", count: Self.limit)
            try await client.send(text)
            try await client.expect(text)
        }
    }

    @Test("one byte more closes with 1009, and reaches nobody")
    func oneMore() async throws {
        try await serve { test in
            let other = try await test.client("/ws/big")
            let socket = try await RawSocket.open(try await test.raw(), "/ws/big")
            try await socket.send(.text(String(repeating: "x", count: Self.limit + 1)))
            try await socket.expectClose(1009)
            try await test.expectSessions(1)
            try await other.expectNothing()
        }
    }

    @Test("the announcement of it is enough")
    func announced() async throws {
        try await serve { test in
            for size in [Self.limit + 1, 1 << 30, Int.max] {
                let socket = try await RawSocket.open(try await test.raw())
                try await socket.send(ClientFrame(opcode: 2, declared: size))
                try await socket.expectClose(1009)
            }
        }
    }

    @Test("fragments count together")
    func fragments() async throws {
        try await serve { test in
            let socket = try await RawSocket.open(try await test.raw())
            let half = [UInt8](repeating: 0, count: Self.limit / 2)
            try await socket.send(.binary(half, fin: false), .more(half, fin: false), .more([]))
            #expect(try await socket.next().payload.readableBytes == Self.limit)
            try await socket.send(.binary(half, fin: false), .more(half, fin: false), .more([1], fin: false))
            try await socket.expectClose(1009)
        }
    }

    @Test("so does what comes out of a compressed message")
    func inflated() async throws {
        try await serve { test in
            let fits = try await test.client("/ws/big")
            #expect(fits.connection.isCompressed)
            let text = String(repeating: "x", count: Self.limit)
            try await fits.send(text)
            try await fits.expect(text)
            let bomb = try await test.client("/ws/big")
            try await bomb.send(ByteBuffer(repeating: 0, count: 1 << 20))
            try await bomb.expectClose(.messageTooBig)
            try await fits.expectNothing()
            try await test.expectSessions(1)
        }
    }

    @Test("a message that comes byte by byte is received when it is whole, and nobody waits for it")
    func dripping() async throws {
        try await serve { test in
            let drips = try await RawSocket.open(try await test.raw(), "/ws/news")
            let others = try await test.clients(2, "/ws/news")
            let text = String(repeating: "x", count: 200)
            for (number, byte) in ClientFrame.text(text).bytes.readableBytesView.enumerated() {
                try await drips.client.send(ByteBuffer(integer: byte))
                guard number % 20 == 0 else { continue }
                try await others[0].send("\(number)")
                for client in others { try await client.expect("\(number)") }
                try await drips.expect("\(number)")
            }
            for client in others { try await client.expect(text) }
            try await drips.expect(text)
        }
    }

    @Test("a large message does not have to come at once")
    func slowly() async throws {
        try await serve { test in
            let client = try await test.raw()
            let socket = try await RawSocket.open(client)
            var bytes = ClientFrame.binary([UInt8](repeating: 7, count: Self.limit)).bytes
            while bytes.readableBytes > 0 {
                try await client.send(bytes.readSlice(length: min(777, bytes.readableBytes)) ?? ByteBuffer())
            }
            #expect(try await socket.next().payload == ByteBuffer(repeating: 7, count: Self.limit))
        }
    }
}
