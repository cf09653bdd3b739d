import ChorusClient
import ChorusTesting
import Testing
import WebSocketWire

@Suite("The configuration")
struct ConfigurationTests {
    @Test("puts its fields and subprotocols into the request")
    func fields() async throws {
        var script = ScriptedServer.Script()
        script.subprotocols = ["chat"]
        try await ScriptedServer.run(script) { server in
            var configuration = WebSocketClientConfiguration()
            configuration.headers = [("Authorization", "Bearer x"), ("X-Twice", "1"), ("X-Twice", "2")]
            configuration.subprotocols = ["other", "chat"]
            let client = try await WebSocketClient.connect(to: server.url("/a?b=%20#c"), configuration: configuration)
            let head = try await server.nextPeer().head
            #expect(client.subprotocol == "chat")
            #expect(head.target == "/a?b=%20")
            #expect(head.values("Host") == ["127.0.0.1:\(server.port)"])
            #expect(head.values("Authorization") == ["Bearer x"])
            #expect(head.values("X-Twice") == ["1", "2"])
            #expect(head.tokens("Sec-WebSocket-Protocol") == ["other", "chat"])
            await client.close()
        }
    }

    @Test("can replace the host")
    func host() async throws {
        try await ScriptedServer.run { server in
            var configuration = WebSocketClientConfiguration()
            configuration.headers = [("host", "chorus.example")]
            let client = try await WebSocketClient.connect(to: server.url(), configuration: configuration)
            #expect(try await server.nextPeer().head.values("Host") == ["chorus.example"])
            await client.close()
        }
    }

    @Test("offers deflate only if it is wanted", arguments: [true, false])
    func deflate(_ isWanted: Bool) async throws {
        try await ScriptedServer.run { server in
            var configuration = WebSocketClientConfiguration()
            configuration.deflate = isWanted
            let client = try await WebSocketClient.connect(to: server.url(), configuration: configuration)
            let head = try await server.nextPeer().head
            #expect(head.values("Sec-WebSocket-Extensions").isEmpty == !isWanted)
            #expect(client.isCompressed == isWanted)
            await client.close()
        }
    }

    @Test(
        "refuses what would break the request",
        arguments: [
            ("Upgrade", "h2c"), ("connection", "close"), ("Sec-WebSocket-Key", "x"), ("Sec-WebSocket-Extensions", "x"),
            ("Content-Length", "1"), ("a b", "x"), ("", "x"), ("X-Bad\r\nX-Other", "x"), ("X-Bad", "x\r\nX-Other: y"),
            ("X-Bad", "\u{0}"), ("Grün", "x"),
        ]
    )
    func badField(_ name: String, _ value: String) async throws {
        let error = try await failureToConnect(to: "ws://127.0.0.1:1/") { $0.headers = [(name, value)] }
        #expect(error.code == .invalidConfiguration)
    }

    @Test("refuses subprotocols that are no tokens", arguments: ["", "a b", "a,b", "ä"])
    func badSubprotocol(_ name: String) async throws {
        let error = try await failureToConnect(to: "ws://127.0.0.1:1/") { $0.subprotocols = [name] }
        #expect(error.code == .invalidConfiguration)
    }
}
