import ChorusClient
import ChorusTesting
import Testing

@Suite("TopicSubscription: cancellation")
struct TopicCancellationTests {
    @Test("while it waits for a message it ends without an error, and the connection is closed")
    func waiting() async throws {
        try await ScriptedServer.run { server in
            let subscriber = Subscriber(TopicSubscription(to: "news", at: "http://127.0.0.1:\(server.port)"))
            let peer = try await server.nextPeer()
            peer.send(#"{"data":"hi"}"#)
            #expect(try await subscriber.text() == "hi")
            subscriber.cancel()
            try await subscriber.end()
            try await peer.wait(for: .closed)
        }
    }

    @Test("while it connects it ends, and leaves nothing behind")
    func connecting() async throws {
        var script = ScriptedServer.Script()
        script.answer = .ignore
        try await ScriptedServer.run(script) { server in
            var configuration = WebSocketClientConfiguration()
            configuration.connectTimeout = .seconds(3_600)
            let subscriber = Subscriber(
                TopicSubscription(
                    to: "news",
                    at: "http://127.0.0.1:\(server.port)",
                    retriesFirst: false,
                    configuration: configuration
                )
            )
            let peer = try await server.nextPeer()
            subscriber.cancel()
            try await subscriber.end()
            try await peer.wait(for: .closed)
        }
    }

    @Test("between two attempts it ends at once, however long the pause is")
    func pausing() async throws {
        let subscriber = Subscriber(TopicSubscription(to: "news", at: "http://127.0.0.1:1"))
        // long enough for a pause of a second or so, which the limit of the test is far from
        for _ in 0..<4 { #expect(try await subscriber.event().brief == "disconnected") }
        subscriber.cancel()
        try await subscriber.end()
    }

    @Test("a loop that is left closes the connection")
    func leaving() async throws {
        try await ScriptedServer.run { server in
            let subscription = TopicSubscription(to: "news", at: "http://127.0.0.1:\(server.port)")
            let first = Task {
                for try await event in subscription { return event.brief }
                return "the end"
            }
            let peer = try await server.nextPeer()
            peer.send(#"{"data":"hi"}"#)
            #expect(try await first.value == "message hi")
            try await peer.wait(for: .closed)
        }
    }

    @Test("each loop has a connection of its own")
    func loops() async throws {
        try await ScriptedServer.run { server in
            let subscription = TopicSubscription(to: "news", at: "http://127.0.0.1:\(server.port)")
            let (ada, bob) = (Subscriber(subscription), Subscriber(subscription))
            defer { for subscriber in [ada, bob] { subscriber.cancel() } }
            let peers = [try await server.nextPeer(), try await server.nextPeer()]
            for peer in peers { peer.send(#"{"data":"hi"}"#) }
            for subscriber in [ada, bob] { #expect(try await subscriber.text() == "hi") }
        }
    }
}
