import Chorus
import ChorusTesting
import NIOCore
import Testing

@Suite("Requests that take their time")
struct HandshakeTimeTests {
    private func serve(_ body: @escaping @Sendable (TestServer) async throws -> Void) async throws {
        try await ChorusTests.serve(configure: { $0.limits.handshakeTime = .milliseconds(400) }, body)
    }

    @Test("a connection that says nothing is answered 408", arguments: ["", "GET", "GET /ws HTTP/1.1\r\nHost: x\r\n"])
    func halfOpen(_ beginning: String) async throws {
        try await serve { test in
            let client = try await test.raw()
            let start = ContinuousClock.now
            if !beginning.isEmpty { try await client.send(beginning) }
            try await client.expectRefusal(408)
            #expect(ContinuousClock.now - start >= .milliseconds(390))
        }
    }

    @Test("a byte now and then does not help")
    func slowloris() async throws {
        try await serve { test in
            let client = try await test.raw()
            let dripping = Task {
                var bytes = ByteBuffer(
                    string: "GET /ws HTTP/1.1\r\nHost: x\r\n" + String(repeating: "X: y\r\n", count: 1000)
                )
                while let byte = bytes.readSlice(length: 1), !Task.isCancelled {
                    try await client.send(byte)
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            #expect(try await client.reply().status == 408)
            dripping.cancel()
            _ = await dripping.result
        }
    }

    @Test("many of them do not keep others out")
    func many() async throws {
        try await serve { test in
            var silent: [RawClient] = []
            for _ in 0..<100 { silent.append(try await test.raw()) }
            let client = try await test.client()
            try await client.send("hi")
            try await client.expect("Message: hi")
            for client in silent { #expect(try await client.reply().status == 408) }
            for client in silent { try await client.close() }
            try await test.expectConnections(1)
            try await client.send("still")
            try await client.expect("Message: still")
        }
    }

    @Test("a request that comes in time may take several pieces")
    func pieces() async throws {
        try await ChorusTests.serve { test in
            let client = try await test.raw()
            var bytes = ByteBuffer(string: RawSocket.request("/ws"))
            while let byte = bytes.readSlice(length: 1) { try await client.send(byte) }
            #expect(try await client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
        }
    }
}
