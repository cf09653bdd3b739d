import ChorusClient
import ChorusCore
import ChorusTesting
import NIOCore
import Testing

@Suite("/ws/{topic}")
struct TopicTests {
    @Test("a text is relayed unchanged to the clients of its topic, and to no others")
    func separate() async throws {
        try await serve { test in
            let red = try await test.clients(2, "/ws/red")
            let blue = try await test.client("/ws/blue")
            let lobby = try await test.client("/ws")
            try await red[0].send("hi")
            for client in red { try await client.expect("hi") }
            try await blue.send("ho")
            try await blue.expect("ho")
            for client in red + [blue, lobby] { try await client.expectNothing() }
        }
    }

    @Test("/ws is the topic lobby with a prefix for what its own clients say")
    func lobby() async throws {
        try await serve { test in
            let tutorial = try await test.client("/ws")
            let plain = try await test.client("/ws/lobby")
            try await tutorial.send("a")
            try await plain.expect("Message: a")
            try await tutorial.expect("Message: a")
            try await plain.send("b")
            try await tutorial.expect("b")
        }
    }

    @Test(
        "names are percent-decoded",
        arguments: [
            ("/ws/caf%C3%A9", "café"), ("/ws/a%2Fb", "a/b"), ("/ws/chat:room-7", "chat:room-7"), ("/ws/a%20b", "a b"),
            ("/ws/%6c%6F", "lo"), ("/ws/x?last=50", "x"),
        ]
    )
    func decoded(_ path: String, _ name: String) async throws {
        try await serve { test in
            let client = try await test.client(path)
            try await test.publish("to \(name)", to: name)
            try await client.expect("to \(name)")
        }
    }

    @Test("two spellings of a name are one topic")
    func spellings() async throws {
        try await serve { test in
            let clients = [try await test.client("/ws/news"), try await test.client("/ws/n%65ws")]
            try await clients[1].send("same")
            for client in clients { try await client.expect("same") }
            #expect(test.hub.topicCount == 1)
        }
    }

    @Test("255 bytes are a name, and any characters but control characters")
    func longest() async throws {
        try await serve { test in
            let names = [String(repeating: "x", count: 255), String(repeating: "%C3%A9", count: 127), "%22%3C%3E%60~*"]
            for name in names {
                let client = try await test.client("/ws/\(name)")
                try await client.send("ok")
                try await client.expect("ok")
            }
        }
    }

    @Test(
        "a bad name is refused at the handshake with 400 and a reason",
        arguments: [
            (String(repeating: "x", count: 256), "255"), (String(repeating: "%C3%A9", count: 128), "255"),
            ("a%00b", "control"), ("%0A", "control"), ("%7F", "control"), ("%C2%85", "control"),
            ("%FF", "UTF-8"), ("%C3", "UTF-8"), ("%C0%80", "UTF-8"), ("%4", "percent"), ("%zz", "percent"),
        ]
    )
    func badName(_ name: String, _ word: String) async throws {
        try await serve { test in
            let neighbour = try await test.client("/ws/x")
            let client = try await test.raw()
            try await client.send(RawSocket.request("/ws/\(name)"))
            let reply = try await client.expectRefusal(400)
            #expect(reply.body.contains(word), "\(reply.body)")
            #expect(test.hub.sessionCount == 1)
            try await neighbour.send("still here")
            try await neighbour.expect("still here")
        }
    }

    @Test("the client library says what the server said")
    func clientError() async throws {
        try await serve { test in
            let error = await #expect(throws: WebSocketClientError.self) { try await test.client("/ws/%00") }
            #expect(error?.code == .handshakeRefused)
            #expect(error?.response?.status == 400)
            #expect(error?.response?.body.contains("control characters") == true)
        }
    }

    @Test("a path that is no topic is not a WebSocket", arguments: ["/ws/", "/ws/a/b", "/WS", "/wss", "/"])
    func otherPaths(_ path: String) async throws {
        try await serve { test in
            let client = try await test.raw()
            #expect(try await client.ask(RawSocket.request(path)).status == 404)
        }
    }
}
