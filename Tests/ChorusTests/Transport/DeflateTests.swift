import Chorus
import ChorusClient
import ChorusTesting
import NIOCore
import Testing

@Suite("permessage-deflate")
struct DeflateTests {
    private static let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"

    private static let texts = [
        "short", "", String(repeating: "compressible, ", count: 500), String(repeating: "é🎶", count: 3000),
        (0..<4000).map { String($0 &* 2_654_435_761 % 97) }.joined(),
    ]

    @Test("clients with and without it get the same messages, whoever sends")
    func mixed() async throws {
        try await serve { test in
            var plain = WebSocketClientConfiguration()
            plain.deflate = false
            let url = test.url("/ws/mixed")
            let clients = [
                try await TestClient.connect(to: url), try await TestClient.connect(to: url, configuration: plain),
                try await TestClient.connect(to: url), try await TestClient.connect(to: url, configuration: plain),
            ]
            #expect(clients.map(\.connection.isCompressed) == [true, false, true, false])
            for text in Self.texts {
                for sender in clients.prefix(2) {
                    try await sender.send(text)
                    try await sender.send(ByteBuffer(string: text))
                    for client in clients {
                        try await client.expect(text)
                        try await client.expect(ByteBuffer(string: text))
                    }
                }
            }
        }
    }

    @Test("a long message is compressed on the wire, once, for those who asked for it")
    func onTheWire() async throws {
        try await serve { test in
            let compressed = try await RawSocket.open(try await test.raw(), "/ws/wire", Self.offer)
            let plain = try await RawSocket.open(try await test.raw(), "/ws/wire")
            let text = Self.texts[2]
            try await plain.send(.text(text))
            let frame = try await compressed.next()
            #expect(frame.flags == 0xC0)
            #expect(frame.payload.readableBytes < text.utf8.count / 10)
            try await plain.expect(text)
        }
    }

    @Test("the answer names both no_context_takeover parameters, and the window that was asked for")
    func answer() async throws {
        try await serve { test in
            for (offer, window) in [("", ""), ("; server_max_window_bits=9", "server_max_window_bits=9")] {
                let client = try await test.raw()
                let reply = try await client.ask(
                    RawSocket.request("/ws", "Sec-WebSocket-Extensions: permessage-deflate\(offer)\r\n")
                )
                #expect(reply.status == 101)
                let answer = reply.header("Sec-WebSocket-Extensions") ?? ""
                for part in ["permessage-deflate", "server_no_context_takeover", "client_no_context_takeover", window] {
                    #expect(answer.contains(part) || part.isEmpty, "\(answer)")
                }
            }
        }
    }

    @Test("a server may be told not to compress")
    func off() async throws {
        try await serve(configure: { $0.compresses = false }) { test in
            let client = try await test.client("/ws/plain")
            #expect(!client.connection.isCompressed)
            try await client.send(Self.texts[2])
            try await client.expect(Self.texts[2])
        }
    }

    @Test("broken compressed data is 1007 for the one who sent it")
    func broken() async throws {
        try await serve { test in
            let other = try await test.client()
            let socket = try await RawSocket.open(try await test.raw(), "/ws", Self.offer)
            try await socket.send(ClientFrame(opcode: 1, payload: [0xFF, 0xFF, 0xFF, 0xFF], rsv: 4))
            try await socket.expectClose(1007)
            try await test.expectSessions(1)
            try await other.expectNothing()
        }
    }

    @Test("the echo comes back the same, compressed or not", arguments: texts)
    func echo(_ text: String) async throws {
        try await serve { test in
            let client = try await test.client("/echo")
            #expect(client.connection.isCompressed)
            for _ in 0..<3 {
                try await client.send(text)
                try await client.expect(text)
            }
            try await client.send(ByteBuffer(string: text))
            try await client.expect(ByteBuffer(string: text))
        }
    }
}
