import ChorusTesting
import NIOCore
import Testing

@Suite("/ws, as in the tutorial")
struct RelayTests {
    @Test("a text reaches everybody, its sender included, once")
    func text() async throws {
        try await serve { test in
            let clients = try await test.clients(3)
            try await clients[1].send("hi")
            for client in clients {
                try await client.expect("Message: hi")
                try await client.expectNothing()
            }
        }
    }

    @Test("a binary message is relayed as it is")
    func binary() async throws {
        try await serve { test in
            let clients = try await test.clients(2)
            let bytes = ByteBuffer(bytes: [0, 0xFF, 0x80, 0x0A])
            try await clients[0].send(bytes)
            for client in clients { try await client.expect(bytes) }
            try await clients[0].send(ByteBuffer())
            for client in clients { try await client.expect(ByteBuffer()) }
        }
    }

    @Test(
        "texts of every shape arrive whole",
        arguments: ["", "é🎶", "a\0b", "\r\n", String(repeating: "ü", count: 40_000)]
    )
    func shapes(_ text: String) async throws {
        try await serve { test in
            let clients = try await test.clients(2)
            try await clients[0].send(text)
            for client in clients { try await client.expect("Message: " + text) }
        }
    }

    @Test("who comes later receives what is sent from then on")
    func newcomer() async throws {
        try await serve { test in
            let first = try await test.client()
            try await first.send("before")
            try await first.expect("Message: before")
            let second = try await test.client()
            try await first.send("after")
            try await first.expect("Message: after")
            try await second.expect("Message: after")
            try await second.expectNothing()
        }
    }

    @Test("a client may be alone")
    func alone() async throws {
        try await serve { test in
            let client = try await test.client()
            for number in 0..<20 { try await client.send("\(number)") }
            try await client.expect((0..<20).map { "Message: \($0)" })
        }
    }

    @Test("a message in fragments, with pings between them, is one message")
    func fragments() async throws {
        try await serve { test in
            let reader = try await test.client()
            let writer = try await RawSocket.open(try await test.raw())
            try await writer.send(.text("one ", fin: false), .ping([7]), .more(Array("two ".utf8), fin: false))
            try await writer.send(.ping([8]), .more(Array("three".utf8)))
            try await reader.expect("Message: one two three")
            #expect(try await writer.next() == .init(opcode: 10, flags: 0x80, payload: ByteBuffer(bytes: [7])))
            #expect(try await writer.next() == .init(opcode: 10, flags: 0x80, payload: ByteBuffer(bytes: [8])))
            try await writer.expect("Message: one two three")
        }
    }

    @Test("a message that comes byte by byte is one message")
    func byteByByte() async throws {
        try await serve { test in
            let reader = try await test.client()
            let writer = try await RawSocket.open(try await test.raw())
            var bytes = ClientFrame.text("slowly").bytes
            while let byte = bytes.readSlice(length: 1) { try await writer.client.send(byte) }
            try await reader.expect("Message: slowly")
        }
    }
}
