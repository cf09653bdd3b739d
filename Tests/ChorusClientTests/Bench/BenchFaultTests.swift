import ChorusClient
import ChorusCommand
import NIOCore
import Testing
import WebSocketWire

@Suite("chorus bench: what it notices")
struct BenchFaultTests {
    @Test("notices what is lost in between")
    func lost() async throws {
        try await ScriptedServer.run(.relay(fault: .drop(every: 100))) { server in
            let report = try await runBench(server) { $0.quietLimit = 0.5 }
            #expect(!report.isFlawless)
            #expect(report.lost > 0)
            #expect(report.deliveries + report.lost == report.published * 20)
            #expect(report.outOfOrder == 0)
        }
    }

    @Test("notices what comes again, which does not make up for what is lost")
    func repeated() async throws {
        try await ScriptedServer.run(.relay(fault: .repeat(every: 100))) { server in
            let report = try await runBench(server)
            #expect(report.duplicates >= 4 * 20)
            #expect(report.deliveries == 10_000)
            #expect(report.lost == 0 && report.outOfOrder == 0)
            #expect(!report.isFlawless)
        }
    }

    @Test("notices what comes to the wrong topic")
    func misdelivered() async throws {
        try await ScriptedServer.run(.relay(to: .path, fault: .misdeliver(every: 50))) { server in
            let report = try await runBench(server) { options in
                options.url = server.url("/ws/{topic}")
                options.topics = 2
            }
            #expect(report.misdelivered > 0)
            #expect(report.lost == 0 && report.outOfOrder == 0)
            #expect(!report.isFlawless)
        }
    }

    @Test("notices what is out of order")
    func reordered() async throws {
        try await ScriptedServer.run(.relay(fault: .swap(every: 50))) { server in
            let report = try await runBench(server)
            #expect(report.outOfOrder > 0)
            #expect(report.lost == 0)
            #expect(!report.isFlawless)
        }
    }

    @Test("notices when nothing comes any more, and stops")
    func stalled() async throws {
        try await ScriptedServer.run(.relay(fault: .stop(after: 200))) { server in
            let report = try await runBench(server) { $0.quietLimit = 0.5 }
            #expect(report.lost > 0)
            #expect(report.deliveries + report.lost == report.published * 20)
            #expect(report.published < 500)
        }
    }

    @Test("at a rate tells what was due and could not be sent, because the server does not read any more")
    func unpublished() async throws {
        var script = ScriptedServer.Script.relay()
        script.onMessage = { [relay = script.onMessage, large = Counter()] peer, message in
            relay(peer, message)
            if message.payload.readableBytes > 1_000_000, large.increment() == 5 {
                peer.channel.setOption(.autoRead, value: false).whenComplete { _ in }
            }
        }
        try await ScriptedServer.run(script) { server in
            let report = try await runBench(server) { options in
                options.connections = 1
                options.size = 1_500_000
                options.rate = 50
                options.messages = nil
                options.duration = 0.6
                options.quietLimit = 0.5
            }
            #expect(report.unpublished > 0)
            #expect(report.published + report.unpublished == 30)
            #expect(report.text.contains("were due and not taken in time"))
        }
    }

    @Test("notices connections that end")
    func ended() async throws {
        try await ScriptedServer.run(.relay(fault: .hangUp(after: 200))) { server in
            let report = try await runBench(server)
            #expect(report.ended > 0)
            #expect(!report.isFlawless)
        }
    }

    @Test("says so when the endpoint does not relay, refuses, or is not there")
    func unavailable() async throws {
        try await ScriptedServer.run { server in
            let error = await #expect(throws: WebSocketClientError.self) {
                try await runBench(server) { $0.readyLimit = 0.3 }
            }
            #expect(error?.message.contains("does not relay") == true)
            // also then it takes its leave
            let peer = try await server.nextPeer()
            try await peer.wait(for: .received(.close(.normal, reason: "")))
        }
        // nobody else could receive it
        try await ScriptedServer.run(.relay(to: .others)) { server in
            _ = await #expect(throws: WebSocketClientError.self) {
                try await runBench(server) { options in
                    options.connections = 1
                    options.readyLimit = 1
                }
            }
        }
        var refusing = ScriptedServer.Script()
        refusing.answer = .refuse(HandshakeRefusal(status: 404, reason: "There is no such topic."))
        try await ScriptedServer.run(refusing) { server in
            let error = await #expect(throws: WebSocketClientError.self) { try await runBench(server) }
            #expect(error?.response?.status == 404)
        }
        let error = await #expect(throws: WebSocketClientError.self) {
            var options = BenchOptions()
            options.url = "ws://127.0.0.1:1/"
            return try await BenchRun(options).run()
        }
        #expect(error?.code == .connectionRefused)
    }
}
