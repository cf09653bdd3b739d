import ChorusClient
import ChorusTesting
import Testing
import WebSocketWire

@Suite("TopicSubscription: what it asks for, and what answers mean to it")
struct TopicRequestTests {
    private func subscribe(
        _ server: ScriptedServer,
        from start: TopicSubscription.Start = .now,
        retriesFirst: Bool = true
    ) -> Subscriber {
        let url = "http://127.0.0.1:\(server.port)"
        return Subscriber(TopicSubscription(to: "news", at: url, from: start, retriesFirst: retriesFirst))
    }

    @Test(
        "it asks for a topic from where it is to begin",
        arguments: [
            (.now, ""), (.last(5), "&last=5"), (.last(0), "&last=0"), (.latest, "&latest"),
            (.since(TopicPosition(epoch: 7, offset: 2)), "&since=7:2&last=1000000"),
        ] as [(TopicSubscription.Start, String)]
    )
    func start(_ start: TopicSubscription.Start, _ query: String) async throws {
        try await ScriptedServer.run { server in
            let subscriber = subscribe(server, from: start)
            defer { subscriber.cancel() }
            let target = try await server.nextPeer().head.target
            #expect(target == "/ws/news?format=json\(query)")
        }
    }

    @Test("topics and names may have any characters, and the server's URL a path or a slash at its end")
    func characters() async throws {
        try await ScriptedServer.run { server in
            let url = "ws://127.0.0.1:\(server.port)/under//"
            let subscriber = Subscriber(TopicSubscription(to: "a/b c?é:#", at: url, from: .last(1), name: "Ada & Bob"))
            defer { subscriber.cancel() }
            let target = try await server.nextPeer().head.target
            #expect(target == "/under/ws/a%2Fb%20c%3F%C3%A9%3A%23?format=json&name=Ada%20%26%20Bob&last=1")
        }
    }

    @Test("it works over a Unix socket")
    func unixSocket() async throws {
        let path = "/tmp/chorus-topic-\(UInt32.random(in: 0 ... .max)).sock"
        try await ScriptedServer.run(unixSocketPath: path) { server in
            let subscriber = Subscriber(TopicSubscription(to: "news", at: "ws+unix:\(path):"))
            defer { subscriber.cancel() }
            let peer = try await server.nextPeer()
            #expect(peer.head.target == "/ws/news?format=json")
            peer.send(#"{"data":"hi"}"#)
            #expect(try await subscriber.text() == "hi")
        }
    }

    @Test(
        "a refusal ends it at once, with the server's answer",
        arguments: [302, 400, 401, 403, 404, 426],
        [true, false]
    )
    func refused(_ status: Int, _ retriesFirst: Bool) async throws {
        var script = ScriptedServer.Script()
        script.answer = .refuse(HandshakeRefusal(status: status, reason: "Not you."))
        try await ScriptedServer.run(script) { server in
            let subscriber = subscribe(server, retriesFirst: retriesFirst)
            let error = try await subscriber.failure()
            #expect(error.code == .handshakeRefused)
            #expect(error.response?.status == status)
            #expect(error.response?.body == "Not you.\n")
        }
    }

    @Test(
        "an answer that is for now only is followed by another attempt, unless it is the first and is not to be",
        arguments: [408, 425, 429, 500, 503]
    )
    func refusedForNow(_ status: Int) async throws {
        var script = ScriptedServer.Script()
        script.answer = .refuse(HandshakeRefusal(status: status, reason: "Not now."))
        try await ScriptedServer.run(script) { server in
            #expect(try await subscribe(server, retriesFirst: false).failure().response?.status == status)
            _ = try await server.nextPeer()
            let patient = subscribe(server)
            defer { patient.cancel() }
            for _ in 0..<3 {
                guard case .disconnected(let error, let wait) = try await patient.event() else {
                    throw TestFailure("something else came")
                }
                #expect((error as? WebSocketClientError)?.response?.status == status)
                #expect(wait >= .zero && wait <= .seconds(1))
                _ = try await server.nextPeer()
            }
        }
    }

    @Test("where nobody listens the first attempt is repeated, or not, as it is told")
    func nobody() async throws {
        let impatient = Subscriber(TopicSubscription(to: "news", at: "http://127.0.0.1:1", retriesFirst: false))
        #expect(try await impatient.failure().code == .connectionRefused)
        let patient = Subscriber(TopicSubscription(to: "news", at: "http://127.0.0.1:1"))
        for _ in 0..<3 { #expect(try await patient.event().brief == "disconnected") }
        patient.cancel()
        try await patient.end()
    }

    @Test("a URL that is none ends it at once", arguments: ["ftp://127.0.0.1", "", "http://", "127.0.0.1:8000"])
    func badURL(_ url: String) async throws {
        #expect(try await Subscriber(TopicSubscription(to: "news", at: url)).failure().code == .invalidURL)
    }

    @Test(
        "a close code that says that coming back is of no use ends it, with the reason",
        arguments: [1002, 1003, 1007, 1008, 1009, 1010, 3000, 4000, 4503] as [UInt16]
    )
    func closedForGood(_ code: UInt16) async throws {
        try await ScriptedServer.run { server in
            let subscriber = subscribe(server)
            let peer = try await server.nextPeer()
            peer.send(#"{"data":"before"}"#)
            peer.close(WebSocketCloseCode(rawValue: code), "enough")
            #expect(try await subscriber.event().brief == "message before")
            let error = try await subscriber.failure()
            #expect(error.code == .connectionClosed)
            #expect(error.message.contains("\(code) enough"))
        }
    }

    @Test("after any other it comes back", arguments: [nil, 1000, 1001, 1011, 1012, 1013, 4010] as [UInt16?])
    func closedForNow(_ code: UInt16?) async throws {
        try await ScriptedServer.run { server in
            let subscriber = subscribe(server, from: .last(1), retriesFirst: false)
            defer { subscriber.cancel() }
            let peer = try await server.nextPeer()
            peer.send(#"{"data":"before","offset":2,"epoch":7}"#)
            peer.close(code.map { WebSocketCloseCode(rawValue: $0) })
            #expect(try await subscriber.event().brief == "message before")
            #expect(try await subscriber.event().brief == "disconnected")
            #expect(try await server.nextPeer().head.target.hasSuffix("&since=7:2&last=1000000"))
        }
    }
}
