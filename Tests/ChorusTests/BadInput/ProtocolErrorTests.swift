import Chorus
import ChorusTesting
import NIOCore
import Testing

@Suite("Frames that break the rules")
struct ProtocolErrorTests {
    /// What a client sends, and the code that it is told.
    struct Offence: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let frames: [ClientFrame]
        let code: Int

        init(_ description: String, _ code: Int, _ frames: ClientFrame...) {
            self.testDescription = description
            self.frames = frames
            self.code = code
        }
    }

    private static let offences: [Offence] = [
        Offence("no mask", 1002, ClientFrame(opcode: 1, payload: [0x68], isMasked: false)),
        Offence("RSV1 without compression", 1002, ClientFrame(opcode: 1, payload: [0x68], rsv: 4)),
        Offence("RSV3", 1002, ClientFrame(opcode: 1, payload: [0x68], rsv: 1)),
        Offence("a reserved opcode", 1002, ClientFrame(opcode: 5)),
        Offence("a reserved control opcode", 1002, ClientFrame(opcode: 11)),
        Offence("a continuation of nothing", 1002, .more([0x68])),
        Offence("a message within a message", 1002, .text("a", fin: false), .text("b")),
        Offence("a control frame in fragments", 1002, ClientFrame(opcode: 9, fin: false)),
        Offence("a long ping", 1002, .ping([UInt8](repeating: 0, count: 126))),
        Offence("a close frame of one byte", 1002, ClientFrame(opcode: 8, payload: [3])),
        Offence("a close code that is not for the wire", 1002, .close(1005)),
        Offence("text that is not UTF-8", 1007, ClientFrame(opcode: 1, payload: [0x68, 0xFF])),
        Offence("text that ends within a character", 1007, ClientFrame(opcode: 1, payload: [0xC3])),
        Offence(
            "a wrong byte in the middle of fragments",
            1007,
            .text("a", fin: false),
            .more([0xED, 0xA0], fin: false)
        ),
        Offence("a close reason that is not UTF-8", 1007, ClientFrame(opcode: 8, payload: [0x03, 0xE8, 0xFF])),
    ]

    @Test("the one who sent it is told, and nobody else notices", arguments: offences)
    func told(_ offence: Offence) async throws {
        try await serve { test in
            let others = try await test.clients(2)
            let offender = try await RawSocket.open(try await test.raw())
            for frame in offence.frames { try await offender.client.send(frame.bytes) }
            #expect(try await !offender.expectClose(offence.code).isEmpty)
            try await test.expectSessions(2)
            try await others[0].send("fine")
            for client in others {
                try await client.expect("Message: fine")
                try await client.expectNothing()
            }
        }
    }

    @Test("what was right before it is relayed, what comes after it is not")
    func beforeAndAfter() async throws {
        try await serve { test in
            let reader = try await test.client()
            let offender = try await RawSocket.open(try await test.raw())
            try await offender.send(.text("good"), ClientFrame(opcode: 3), .text("bad"))
            try await reader.expect("Message: good")
            try await offender.expectClose(1002)
            try await test.expectSessions(1)
            try await reader.expectNothing()
        }
    }

    @Test("the code arrives although the client never stops sending")
    func flood() async throws {
        try await serve(configure: { $0.limits.closeTime = .seconds(5) }) { test in
            let offender = try await RawSocket.open(try await test.raw())
            let flooding = Task {
                while !Task.isCancelled { try await offender.client.send(ByteBuffer(repeating: 0xFF, count: 16 << 10)) }
            }
            #expect(try await offender.next().closeCode == 1002)
            flooding.cancel()
            _ = await flooding.result
            try await test.expectSessions(0)
        }
    }

    @Test("a client that does not close after it was told is cut")
    func cut() async throws {
        try await serve(configure: { $0.limits.closeTime = .milliseconds(200) }) { test in
            let offender = try await RawSocket.open(try await test.raw())
            try await offender.send(ClientFrame(opcode: 3))
            try await offender.expectClose(1002)
            try await test.expectSessions(0)
            try await test.expectConnections(0)
        }
    }
}
