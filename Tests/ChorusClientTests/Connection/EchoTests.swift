import ChorusClient
import ChorusTesting
import NIOCore
import Testing
import WebSocketWire

@Suite("Messages")
struct EchoTests {
    private static func configuration(deflate: Bool) -> WebSocketClientConfiguration {
        var configuration = WebSocketClientConfiguration()
        configuration.deflate = deflate
        configuration.maximumMessageSize = 16 << 20
        return configuration
    }

    @Test("come back as they were sent, whatever their size", arguments: [true, false])
    func sizes(_ deflate: Bool) async throws {
        try await ScriptedServer.run(.echo) { server in
            let client = try await TestClient.connect(
                to: server.url(),
                configuration: Self.configuration(deflate: deflate)
            )
            #expect(client.connection.isCompressed == deflate)
            for size in [0, 1, 63, 64, 125, 126, 127, 1_000, 65_535, 65_536, 1 << 20] {
                let text = String(repeating: "a", count: size)
                try await client.send(text)
                try await client.expect(text)
                let bytes = ByteBuffer.random(size)
                try await client.send(bytes)
                try await client.expect(bytes)
            }
            try await client.close()
        }
    }

    @Test("of many megabytes go both ways")
    func large() async throws {
        try await ScriptedServer.run(.echo) { server in
            let configuration = Self.configuration(deflate: false)
            let client = try await TestClient.connect(to: server.url(), configuration: configuration, limit: 30)
            let bytes = ByteBuffer(repeating: 0xA5, count: 4 << 20)
            try await client.send(bytes)
            try await client.expect(bytes)
            try await client.close()
        }
    }

    @Test("may come in fragments with control frames in between")
    func fragments() async throws {
        try await ScriptedServer.run { server in
            let client = try await TestClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            peer.send(.text, ByteBuffer(string: "one "), fin: false)
            peer.send(.ping, ByteBuffer(string: "?"))
            peer.send(.continuation, ByteBuffer(string: "two "), fin: false)
            peer.send(.pong)
            peer.send(.continuation, ByteBuffer(string: "three"))
            try await client.expect("one two three")
            try await peer.expect(.received(.pong(ByteBuffer(string: "?"))))
            try await client.close()
        }
    }

    @Test("that are text can be had as such, binary ones passed over")
    func texts() async throws {
        try await ScriptedServer.run { server in
            let connection = try await WebSocketClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            peer.send("one")
            peer.send(.binary, ByteBuffer(bytes: [0xFF]))
            peer.send("two")
            peer.close(.normal)
            var texts: [String] = []
            for await text in connection.texts { texts.append(text) }
            #expect(texts == ["one", "two"])
            #expect(connection.closeReason?.code == .normal)
        }
    }

    @Test("of one task arrive in the order they were sent, from many tasks whole")
    func order() async throws {
        try await ScriptedServer.run(.echo) { server in
            let client = try await TestClient.connect(to: server.url())
            try await withThrowingTaskGroup { group in
                for sender in 0..<8 {
                    group.addTask {
                        for number in 0..<200 { try await client.send("\(sender) \(number)") }
                    }
                }
                try await group.waitForAll()
            }
            var last: [Substring: Int] = [:]
            for message in try await client.collect(1_600) {
                let parts = message.text?.split(separator: " ") ?? []
                let number = try #require(Int(parts[1]))
                #expect(number == (last[parts[0]] ?? -1) + 1)
                last[parts[0]] = number
            }
            #expect(last.count == 8)
            try await client.close()
        }
    }

    @Test("go on in another loop where the last one stopped")
    func resumedLoop() async throws {
        try await ScriptedServer.run { server in
            let connection = try await WebSocketClient.connect(to: server.url())
            let peer = try await server.nextPeer()
            for number in 1...6 { peer.send("\(number)") }
            peer.close(.normal)
            var texts: [String] = []
            for await text in connection.texts {
                texts.append(text)
                if texts.count == 3 { break }
            }
            for await text in connection.texts { texts.append(text) }
            #expect(texts == ["1", "2", "3", "4", "5", "6"])
        }
    }

    @Test("flow on many connections at once")
    func manyConnections() async throws {
        try await ScriptedServer.run(.echo) { server in
            let url = server.url()
            var configuration = WebSocketClientConfiguration()
            configuration.connectTimeout = .seconds(60)
            try await withThrowingTaskGroup { [configuration] group in
                for connection in 0..<300 {
                    group.addTask {
                        let client = try await TestClient.connect(to: url, configuration: configuration, limit: 60)
                        for number in 0..<10 {
                            try await client.send("\(connection) \(number)")
                            try await client.expect("\(connection) \(number)")
                        }
                        try await client.close()
                        #expect(client.connection.closeReason?.code == .normal)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("and pings do not disturb each other")
    func pings() async throws {
        try await ScriptedServer.run(.echo) { server in
            let client = try await TestClient.connect(to: server.url())
            try await client.send("before")
            #expect(try await client.connection.ping() > .zero)
            async let first = client.connection.ping()
            async let second = client.connection.ping()
            _ = try await (first, second)
            try await client.expect("before")
            try await client.expectNothing()
            try await client.close()
        }
    }
}
