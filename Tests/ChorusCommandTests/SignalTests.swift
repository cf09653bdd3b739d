import ChorusClient
import ChorusTesting
import Foundation
import NIOCore
import Testing

@Suite("Stopping chorus")
struct SignalTests {
    @Test("SIGTERM and SIGINT tell clients 1001, and the exit code is 0", arguments: [SIGTERM, SIGINT])
    func stops(_ signal: Int32) async throws {
        let chorus = try serve()
        let port = try await chorus.port()
        var clients: [TestClient] = []
        for _ in 0..<10 { clients.append(try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws")) }
        chorus.signal(signal)
        for client in clients { try await client.expectClose(.goingAway) }
        #expect(try await chorus.exitCode() == 0)
        await #expect(throws: (any Error).self) { try await RawClient.connect(port: port) }
    }

    @Test("without clients it is gone at once")
    func nobody() async throws {
        let chorus = try serve()
        _ = try await chorus.port()
        let start = ContinuousClock.now
        chorus.signal(SIGTERM)
        #expect(try await chorus.exitCode() == 0)
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(!chorus.errors.contains("error"), "\(chorus.errors)")
    }

    @Test("what was accepted before is delivered")
    func delivers() async throws {
        let chorus = try serve("--window-bytes", "\(64 << 20)")
        let url = "ws://127.0.0.1:\(try await chorus.port())/ws/news"
        let slow = try await TestClient.connect(to: url)
        let publisher = try await TestClient.connect(to: url)
        let text = String(repeating: "x", count: 1000)
        for number in 0..<3000 {
            try await publisher.send("\(number) \(text)")
            _ = try await publisher.next()
        }
        chorus.signal(SIGTERM)
        try await publisher.expectClose(.goingAway)
        var expected = 0
        for await message in slow.connection.texts {
            guard message.hasPrefix("\(expected) ") else {
                throw TestFailure("\(message.prefix(9)) is not \(expected)")
            }
            expected += 1
        }
        #expect(expected == 3000)
        #expect(await slow.connection.waitForClose().code == .goingAway)
        #expect(try await chorus.exitCode() == 0)
    }

    @Test("while it stops nobody gets in, and those who are told late are still served")
    func spread() async throws {
        let chorus = try serve("--drain-time", "4")
        let url = "ws://127.0.0.1:\(try await chorus.port())/ws"
        var clients: [TestClient] = []
        for _ in 0..<150 { clients.append(try await TestClient.connect(to: url)) }
        let start = ContinuousClock.now
        chorus.signal(SIGTERM)
        // the first have been told, so it is stopping
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in clients { group.addTask { try await client.expectClose(.goingAway) } }
            try await group.next()
            await #expect(throws: (any Error).self) { try await TestClient.connect(to: url) }
            try await group.waitForAll()
        }
        let time = ContinuousClock.now - start
        #expect(time > .seconds(1) && time < .seconds(8), "\(time)")
        #expect(try await chorus.exitCode() == 0)
    }

    @Test("a client that never reads does not keep it from ending")
    func stuck() async throws {
        let chorus = try serve("--drain-time", "0.5")
        let port = try await chorus.port()
        let client = try await RawClient.connect(port: port, receiveBuffer: 4096)
        try await client.send(
            "GET /ws/news HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        _ = try await client.read(through: "\r\n\r\n")
        try await client.stopReading()
        let publisher = try await TestClient.connect(to: "ws://127.0.0.1:\(port)/ws/news")
        for _ in 0..<500 {
            try await publisher.send(String(repeating: "x", count: 1000))
            _ = try await publisher.next()
        }
        chorus.signal(SIGTERM)
        #expect(try await chorus.exitCode() == 0)
    }
}
